public import EdgeClient
internal import Foundation
internal import NIOHTTP1
internal import Protobuf

/// The REST and WebSocket API of the platform, typed by the contracts, as an outside program uses it.
///
/// Every call throws an ``APIProblem`` for an answer that is no success.
public struct PlatformClient: Sendable {
  /// The transport underneath, for requests that are wrong on purpose.
  public let edge: EdgeClient
  /// Sent with every request, if there is one.
  public var token: String?
  /// How long a request is sent again whose answer says that it did not get to its service; zero for whoever takes the
  /// time of answers, or counts them.
  public var patience: Duration = .seconds(30)

  /// A client of the gateway on a port of this machine.
  public init(port: Int, authorityPath: String) throws {
    edge = try EdgeClient(port: port, trustedAuthoritiesPath: authorityPath)
  }

  /// The same client with the token of a user.
  public func authenticated(by token: String) -> PlatformClient {
    var client = self
    client.token = token
    return client
  }

  /// The wait before the second attempt; each further one doubles it, for the edge counts attempts.
  private static let firstDelay: Duration = .milliseconds(100)
  /// The longest wait between two attempts.
  private static let longestDelay: Duration = .seconds(2)

  /// Sends a request and reads the message in its answer.
  ///
  /// A service that starts, or moves, is away for a moment: a request that did not get there is sent again.
  ///
  /// - Throws: ``APIProblem``, or `JSONDecodingError` for an answer that is not of the contract.
  func send<Reply: Message>(
    _ method: HTTPMethod, _ path: String, body: (any Message)? = nil, as reply: Reply.Type
  ) async throws -> Reply {
    let end = ContinuousClock.now + patience
    var delay = Self.firstDelay
    while true {
      let response = try await edge.send(method, path, json: body?.json(), token: token)
      if (200..<300).contains(response.status) { return try Reply(json: response.body) }
      let problem = APIProblem(response, request: "\(method.rawValue) \(path)")
      guard problem.isServiceAway, .now < end else { throw problem }
      try await Task.sleep(for: delay)
      delay = min(delay * 2, Self.longestDelay)
    }
  }

  /// A path with its query; values are escaped, empty ones left out.
  static func path(_ path: String, _ query: [(name: String, value: String)]) -> String {
    let parts = query.filter { !$0.value.isEmpty }.map { "\($0.name)=\(escaped($0.value))" }
    return parts.isEmpty ? path : "\(path)?\(parts.joined(separator: "&"))"
  }

  /// A text as one segment of a path or one value of a query (RFC 3986 section 2.3).
  static func escaped(_ text: String) -> String {
    let unreserved = CharacterSet(
      charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
    return text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
  }

  /// All pages of a list, one after the other.
  ///
  /// - Throws: ``TooManyPages`` when tokens never end.
  func pages<Page: Message, Item>(
    _ path: String, _ query: [(name: String, value: String)], pageSize: Int, as page: Page.Type,
    items: (Page) -> [Item], next: (Page) -> String
  ) async throws -> [Item] {
    var all: [Item] = []
    var token = ""
    for _ in 0..<Self.pagesLimit {
      let address = Self.path(
        path, query + [("page_size", "\(pageSize)"), ("page_token", token)])
      let reply = try await send(.GET, address, as: page)
      all += items(reply)
      token = next(reply)
      if token.isEmpty { return all }
    }
    throw TooManyPages(path: path)
  }

  /// The most pages of one list.
  static let pagesLimit = 1_000

  /// A list whose pages do not end.
  public struct TooManyPages: Error, Sendable {
    /// The list.
    public let path: String
  }
}
