import Foundation

/// The committed OpenAPI document, and what openapi-spec-validator and JSON Schema say of it.
public struct OpenAPIDocument {
  /// Something that went over the wire, and what the document must say of it.
  public enum Exchange: Sendable {
    /// What was answered to a request of an operation.
    case response(method: String, path: String, status: Int, mediaType: String, body: String)
    /// The body of a request of an operation.
    case request(method: String, path: String, body: String)
    /// A JSON text that is to follow the schema of this name.
    case schema(String, body: String)
  }

  /// Where the document is.
  public static let path = PythonPeer.repository + "/gateway/openapi.json"

  /// The document as a tree.
  public let root: [String: Any]

  /// Reads the document.
  public init() throws {
    let data = try Data(contentsOf: URL(filePath: Self.path))
    root = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
  }

  /// Each operation by its verb and its path, the names of variables left out: `GET /api/orders/{}`.
  public var operations: [String: [String: Any]] {
    var operations: [String: [String: Any]] = [:]
    for (path, item) in root["paths"] as? [String: [String: [String: Any]]] ?? [:] {
      for (verb, operation) in item {
        operations["\(verb.uppercased()) \(Self.shape(path))"] = operation
      }
    }
    return operations
  }

  /// A path without the names of its variables.
  public static func shape(_ path: String) -> String { path.replacing(/\{[^}]*\}/, with: "{}") }

  /// What is wrong with each exchange, nil where nothing is.
  ///
  /// - Throws: `PeerFailure` if the document itself is not OpenAPI.
  public static func mistakes(in exchanges: [Exchange]) async throws -> [String?] {
    let input = try JSONSerialization.data(withJSONObject: try exchanges.map(json))
    let output = try await PythonPeer.run(
      script: "openapi.py", arguments: [path], input: [UInt8](input))
    let answers = try JSONSerialization.jsonObject(with: Data(output)) as? [Any] ?? []
    return answers.map { $0 as? String }
  }

  private static func json(_ exchange: Exchange) throws -> [String: Any] {
    switch exchange {
    case .response(let method, let path, let status, let mediaType, let body):
      [
        "method": method, "path": path, "status": status, "mediaType": mediaType,
        "body": try value(body),
      ]
    case .request(let method, let path, let body):
      ["method": method, "path": path, "request": try value(body)]
    case .schema(let name, let body): ["schema": name, "body": try value(body)]
    }
  }

  private static func value(_ text: String) throws -> Any {
    try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
  }
}
