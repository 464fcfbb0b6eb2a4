import ProtobufC

/// Writes what the gateway offers as OpenAPI 3.1.
///
/// Paths stand in the order of the contracts, components in the order of their names, so that a
/// change of a contract is a small difference. Sources: OpenAPI 3.1.1, JSON Schema 2020-12.
struct OpenAPIEmitter {
  /// The path of the WebSocket, as the gateway answers it.
  static let webSocketPath = "/ws/v1"

  private let packages: [PackageModel]
  private let types: TypeIndex

  init(_ packages: [PackageModel], _ types: TypeIndex) {
    self.packages = packages.filter(\.offersAnything)
    self.types = types
  }

  /// The document; nil when the contracts offer nothing.
  var file: CodeGeneratorResponse.File? {
    guard !packages.isEmpty else { return nil }
    return CodeGeneratorResponse.File(name: "openapi.json", content: document.document)
  }

  private var document: JSONNode {
    var schemas = OpenAPISchemas(types)
    let paths = self.paths(&schemas)
    let components = JSONNode.object([
      JSONNode.Member(name: "schemas", value: .sorted(schemas.components)),
      JSONNode.Member(name: "responses", value: OpenAPIProblems.responses),
      JSONNode.Member(name: "parameters", value: OpenAPIIdempotency.parameters),
      JSONNode.Member(name: "headers", value: OpenAPIHeaders.components),
      JSONNode.Member(name: "securitySchemes", value: OpenAPISecurity.schemes),
    ])
    return [
      "openapi": "3.1.1",
      "info": info(schemas.files),
      "tags": .array(tags),
      "paths": paths,
      "components": components,
    ]
  }

  private func info(_ messages: Set<String>) -> JSONNode {
    let services = packages.flatMap { $0.files.filter { !$0.services.isEmpty } }.map(\.path)
    var versions: [String] = []
    for package in packages where !versions.contains(package.version) {
      versions.append(package.version)
    }
    return [
      "title": "Alphintra",
      "version": .text(versions.joined(separator: ", ")),
      "description": """
      Members have lowerCamelCase names; 64-bit integers and decimals are strings, times are \
      RFC 3339. A response states members that have their default value; one it does not state is \
      unset. A request with a member or a query parameter that is not described is refused; a \
      client ignores members of a response that it does not know.
      """,
      "x-generated": [
        "by": .text(Generator.title),
        "from": .array(messages.union(services).sorted().map { .text($0) }),
      ],
    ]
  }

  private var tags: [JSONNode] {
    packages.flatMap { package in
      package.services.filter(\.offersAnything).map { service -> JSONNode in
        var tag: JSONNode = ["name": .text(package.publicName(of: service))]
        tag["description"] = service.comment.prose.map { .text($0) }
        return tag
      }
    }
  }

  private func paths(_ schemas: inout OpenAPISchemas) -> JSONNode {
    // Templates of one shape are one path to OpenAPI: the first one's names count.
    var paths = OpenAPIPaths()
    for package in packages {
      for service in package.services {
        for method in service.methods {
          for (index, route) in method.routes.enumerated() {
            let operation = OpenAPIOperation(
              method, of: service, in: package, route, binding: index, paths.names(of: route))
            paths.add(operation.node(&schemas), route)
          }
        }
      }
    }
    let channels = OpenAPIChannels(packages)
    if !channels.isEmpty { paths.add(channels.node(&schemas), path: Self.webSocketPath) }
    return paths.node
  }
}

extension PackageModel {
  /// Whether the gateway offers anything of the package.
  var offersAnything: Bool { services.contains(where: \.offersAnything) }

  /// The version in the package's name, such as `v1`; empty where it has none.
  var version: String {
    let last = proto.split(separator: ".").last.map(String.init) ?? ""
    return last.first == "v" && last.dropFirst().first?.isNumber == true ? last : ""
  }

  /// The name of a service outside; that of a later version carries it.
  func publicName(of service: ServiceModel) -> String {
    let name = service.proto.split(separator: ".").last.map(String.init) ?? service.proto
    return version.isEmpty || version == "v1" ? name : name + SwiftName.upperCamel(version)
  }
}

extension ServiceModel {
  /// Whether the gateway offers an RPC of the service.
  var offersAnything: Bool { methods.contains { !$0.routes.isEmpty || $0.channel != nil } }
}
