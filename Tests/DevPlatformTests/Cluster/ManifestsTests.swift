import Foundation
import TestSupport
import Testing

@testable import DevPlatform

/// What is read of manifests, and what is refused.
@Suite struct ManifestsTests {
  private static var repository: String { "\(PythonPeer.repository)/deploy/kubernetes" }

  @Test func theRepositorysManifestsAreUnderstood() throws {
    let manifests = try Manifests(Self.repository)
    let trading = try #require(manifests.deployments.first { $0.name == "trading-service" })
    #expect(trading.spec.replicas == 3)
    #expect(
      RollingUpdate(trading.spec) == RollingUpdate(replicas: 3, maxUnavailable: 0, maxSurge: 1))
    let container = trading.spec.template.spec.containers[0]
    #expect(container.port(.text("grpc")) == 8080 && container.port(.text("admin")) == 9090)
    #expect(container.readinessProbe?.httpGet?.path == "/readyz")
    #expect(trading.spec.template.spec.terminationGracePeriodSeconds == 45)
    #expect(manifests.stores.map(\.name) == ["postgres", "kafka", "redis"])
    #expect(Set(manifests.jobs.map(\.name)) == ["migrate", "topics", "operator"])
    #expect(manifests.secrets["db-credentials"]?["url"]?.hasPrefix("postgresql://trading:") == true)
    #expect(manifests.leftOut["NetworkPolicy", default: 0] > 5)
    #expect(manifests.containerPorts == [8080, 8443, 9090])
    // What is watched is everything that was read.
    #expect(manifests.files.contains("\(Self.repository)/base/trading-service.yaml"))
  }

  @Test(
    "what cannot be run as it says is refused, by file",
    arguments: [
      ("kind: Kustomization\nresources: []\nimages: []", "images: only namespace and resources"),
      ("kind: Kustomization\nresources: [gone.yaml]", "gone.yaml cannot be read"),
      ("kind: Kustomization\nresources: [wrong.yaml]", "spec.template"),
      ("kind: Kustomization\nresources: [secret.yaml]", "data.url must be Base64"),
      ("kind: Kustomization\nresources: [kindless.yaml]", "a document has no kind"),
      ("kind: ConfigMap", "is no Kustomization"), ("a: [", "kustomization.yaml"),
    ])
  func whatIsWrongIsNamed(kustomization: String, expected: String) throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("kustomization.yaml", kustomization)
    _ = try folder.write("wrong.yaml", "kind: Deployment\nmetadata: {name: x}\nspec: {replicas: 1}")
    _ = try folder.write("secret.yaml", "kind: Secret\nmetadata: {name: x}\ndata: {url: '%'}")
    _ = try folder.write("kindless.yaml", "metadata: {name: x}")
    #expect {
      try Manifests(folder.path)
    } throws: {
      "\($0)".contains(expected)
    }
  }

  @Test func aPodIsToldWhatItsManifestSays() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(
      "all.yaml",
      """
      kind: ConfigMap
      metadata: {name: shared}
      data: {LEVEL: info, TARGET: "dns:///other.prod.svc:8080", BROKERS: "kafka:9092", FILE: /etc/tls/tls.crt}
      ---
      kind: Secret
      metadata: {name: database}
      data: {url: \(Data("postgresql://x:y@postgres:5432/z".utf8).base64EncodedString())}
      ---
      kind: Service
      metadata: {name: other}
      spec: {ports: [{port: 8080}]}
      ---
      kind: Deployment
      metadata: {name: one}
      spec:
        template:
          metadata: {labels: {app: one}}
          spec:
            containers:
              - name: one
                image: one
                args: [serve, "$(NAME)", "$$(NAME)", "$(UNKNOWN)"]
                envFrom: [{configMapRef: {name: shared}}]
                env:
                  - {name: NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
                  - {name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
                  - {name: HOST, value: "$(IP):1"}
                  - {name: URL, valueFrom: {secretKeyRef: {name: database, key: url}}}
                  - {name: LEVEL, valueFrom: {configMapKeyRef: {name: shared, key: LEVEL}}}
                  - {name: NONE, valueFrom: {secretKeyRef: {name: gone, key: x, optional: true}}}
                  - {name: CACHE, value: "redis://redis:6379"}
                  - {name: OTHER, value: "my-postgres:5432 postgres:54321 xpostgres:5432"}
      """)
    let manifests = try Manifests(file)
    let environment = PodEnvironment(
      manifests: manifests,
      endpoints: [
        "kafka:9092": "file:/broker", "postgres:5432": "127.0.0.1:7000", "redis:6379": nil,
      ], directory: "/directory")
    var container = manifests.deployments[0].spec.template.spec.containers[0]
    let launch = try environment.launch(
      container, pod: "one-1", address: "127.0.0.9", places: ["/etc/tls": "/pods/tls"])
    #expect(launch.program == "/usr/bin/alphintra")
    #expect(launch.arguments == ["serve", "one-1", "$(NAME)", "$(UNKNOWN)"])
    #expect(
      launch.variables == [
        "LEVEL": "info", "TARGET": "other", "BROKERS": "file:/broker", "FILE": "/pods/tls/tls.crt",
        "NAME": "one-1", "IP": "127.0.0.9", "HOST": "127.0.0.9:1",
        "URL": "postgresql://x:y@127.0.0.1:7000/z", "MESH_DIRECTORY": "/directory",
        "OTHER": "my-postgres:5432 postgres:54321 xpostgres:5432",
      ])
    #expect(launch.dropped == ["CACHE"])
    container.env?.append(
      EnvironmentVariable(
        name: "BAD", valueFrom: .init(secretKeyRef: .init(name: "database", key: "gone"))))
    #expect(
      throws: ManifestError.missing(
        what: "Secret", name: "database with the key gone", for: "one-1")
    ) {
      try environment.launch(container, pod: "one-1", address: "127.0.0.9", places: [:])
    }
  }
}
