import Foundation
import Yams

/// The objects of a platform, by kind: what is run, and what it is told.
struct Manifests: Sendable {
  private(set) var deployments: [Workload] = []
  private(set) var stores: [Workload] = []
  private(set) var jobs: [Workload] = []
  private(set) var services: [Service] = []
  private(set) var configMaps: [String: [String: String]] = [:]
  private(set) var secrets: [String: [String: String]] = [:]
  /// Kinds that mean nothing on one machine, with their number.
  private(set) var leftOut: [String: Int] = [:]
  /// The files, to be watched.
  private(set) var files: [String] = []

  /// A Deployment, StatefulSet or Job.
  struct Workload: Decodable, Hashable, Sendable {
    var metadata: ObjectMeta
    var spec: Spec
    var name: String { metadata.name ?? "" }

    struct Spec: Decodable, Hashable, Sendable {
      var replicas: Int?
      var selector: LabelSelector?
      var strategy: Strategy?
      var template: PodTemplate
      var backoffLimit: Int?
      var activeDeadlineSeconds: Int?
    }

    struct Strategy: Decodable, Hashable, Sendable {
      var type: String?
      var rollingUpdate: RollingUpdate?
    }

    struct RollingUpdate: Decodable, Hashable, Sendable {
      var maxUnavailable: IntOrString?
      var maxSurge: IntOrString?
    }
  }

  /// A name for the pods that are ready.
  struct Service: Decodable, Hashable, Sendable {
    var metadata: ObjectMeta
    var spec: Spec
    var name: String { metadata.name ?? "" }

    struct Spec: Decodable, Hashable, Sendable {
      var type: String?
      var selector: [String: String]?
      var ports: [Port]
    }

    struct Port: Decodable, Hashable, Sendable {
      var name: String?
      var port: Int
      var targetPort: IntOrString?
    }
  }

  /// Reads a folder with a kustomization, or a file.
  init(_ path: String) throws(ManifestError) {
    let (documents, files) = try Kustomization.read(path)
    self.files = files
    for document in documents {
      do {
        try add(document.node)
      } catch {
        throw .malformed(path: document.path, Self.text(of: error))
      }
    }
  }

  private mutating func add(_ node: Node) throws {
    let decoder = YAMLDecoder()
    switch node["kind"]?.string {
    case "Deployment": deployments.append(try decoder.decode(Workload.self, from: node))
    case "StatefulSet": stores.append(try decoder.decode(Workload.self, from: node))
    case "Job": jobs.append(try decoder.decode(Workload.self, from: node))
    case "Service": services.append(try decoder.decode(Service.self, from: node))
    case "ConfigMap":
      let map = try decoder.decode(Entries.self, from: node)
      configMaps[map.metadata.name ?? ""] = map.data ?? [:]
    case "Secret":
      let secret = try decoder.decode(Entries.self, from: node)
      var values = secret.stringData ?? [:]
      for (key, encoded) in secret.data ?? [:] where values[key] == nil {
        guard let data = Data(base64Encoded: encoded) else { throw NotBase64(key: key) }
        values[key] = String(decoding: data, as: UTF8.self)
      }
      secrets[secret.metadata.name ?? ""] = values
    case let kind?: leftOut[kind, default: 0] += 1
    case nil: throw NoKind()
    }
  }

  private struct Entries: Decodable {
    var metadata: ObjectMeta
    var data: [String: String]?
    var stringData: [String: String]?
  }

  private struct NoKind: Error, CustomStringConvertible {
    var description: String { "a document has no kind" }
  }

  private struct NotBase64: Error, CustomStringConvertible {
    let key: String
    var description: String { "data.\(key) must be Base64" }
  }

  private static func text(of error: any Error) -> String {
    guard let error = error as? DecodingError else { return "\(error)" }
    let context: DecodingError.Context
    var missing = ""
    switch error {
    case .keyNotFound(let key, let found): (context, missing) = (found, ".\(key.stringValue)")
    case .typeMismatch(_, let found), .valueNotFound(_, let found), .dataCorrupted(let found):
      context = found
    @unknown default: return "\(error)"
    }
    let path = context.codingPath.map(\.stringValue).joined(separator: ".")
    return "\(path)\(missing): \(context.debugDescription)"
  }
}
