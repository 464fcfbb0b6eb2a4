/// What the pods of a workload are made from; two that are equal need no new pods.
struct PodTemplate: Decodable, Hashable, Sendable {
  var metadata: ObjectMeta
  var spec: PodSpec
}

/// What runs in a pod.
struct PodSpec: Decodable, Hashable, Sendable {
  var containers: [Container]
  var volumes: [Volume]?
  var terminationGracePeriodSeconds: Int?

  /// Kubernetes' own default.
  static let defaultGracePeriodSeconds = 30
}

/// One program of a pod.
struct Container: Decodable, Hashable, Sendable {
  var name: String
  var image: String
  var command: [String]?
  var args: [String]?
  var env: [EnvironmentVariable]?
  var envFrom: [EnvironmentSource]?
  var ports: [Port]?
  var volumeMounts: [VolumeMount]?
  var startupProbe: Probe?
  var livenessProbe: Probe?
  var readinessProbe: Probe?
  var lifecycle: Lifecycle?

  struct Port: Decodable, Hashable, Sendable {
    var name: String?
    var containerPort: Int
  }

  struct VolumeMount: Decodable, Hashable, Sendable {
    var name: String
    var mountPath: String
  }

  struct Lifecycle: Decodable, Hashable, Sendable {
    var preStop: Handler?

    struct Handler: Decodable, Hashable, Sendable {
      var sleep: Sleep?
    }

    struct Sleep: Decodable, Hashable, Sendable {
      var seconds: Int
    }
  }

  /// The number of a port that is told by number or by name.
  func port(_ port: IntOrString) -> Int? {
    switch port {
    case .number(let number): number
    case .text(let name): ports?.first { $0.name == name }?.containerPort
    }
  }
}

/// A variable, as text or from elsewhere.
struct EnvironmentVariable: Decodable, Hashable, Sendable {
  var name: String
  var value: String?
  var valueFrom: Source?

  struct Source: Decodable, Hashable, Sendable {
    var secretKeyRef: KeyReference?
    var configMapKeyRef: KeyReference?
    var fieldRef: FieldReference?
  }

  struct KeyReference: Decodable, Hashable, Sendable {
    var name: String
    var key: String
    var optional: Bool?
  }

  struct FieldReference: Decodable, Hashable, Sendable {
    var fieldPath: String
  }
}

/// All entries of a ConfigMap or Secret as variables.
struct EnvironmentSource: Decodable, Hashable, Sendable {
  var configMapRef: Reference?
  var secretRef: Reference?

  struct Reference: Decodable, Hashable, Sendable {
    var name: String
  }
}

/// Files of a pod.
struct Volume: Decodable, Hashable, Sendable {
  var name: String
  var secret: Secret?
  var configMap: ConfigMap?
  var emptyDir: EmptyDirectory?

  struct Secret: Decodable, Hashable, Sendable {
    var secretName: String
  }

  struct ConfigMap: Decodable, Hashable, Sendable {
    var name: String
  }

  struct EmptyDirectory: Decodable, Hashable, Sendable {}
}

/// How it is found out whether a pod has started, lives, serves.
struct Probe: Decodable, Hashable, Sendable {
  var httpGet: HTTPGet?
  var tcpSocket: TCPSocket?
  var initialDelaySeconds: Int?
  var periodSeconds: Int?
  var timeoutSeconds: Int?
  var successThreshold: Int?
  var failureThreshold: Int?

  struct HTTPGet: Decodable, Hashable, Sendable {
    var path: String?
    var port: IntOrString
  }

  struct TCPSocket: Decodable, Hashable, Sendable {
    var port: IntOrString
  }

  /// Kubernetes' own defaults.
  var period: Duration { .seconds(periodSeconds ?? 10) }
  var timeout: Duration { .seconds(timeoutSeconds ?? 1) }
  var failures: Int { failureThreshold ?? 3 }
  var successes: Int { successThreshold ?? 1 }
}
