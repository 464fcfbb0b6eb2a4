import Foundation
public import TLS

/// A collector that nobody here wrote: OpenTelemetry's messages, served by grpcio.
public struct OTLPReceiver: Sendable {
  /// A span as it came, its ids and flags as texts and numbers.
  public struct Span: Decodable, Sendable {
    /// What is said of the process.
    public var resource: [String: String]
    /// 32 hexadecimal digits.
    public var trace: String
    /// 16 hexadecimal digits.
    public var span: String
    /// 16 hexadecimal digits; empty for the first of a trace.
    public var parent: String
    /// What other tracing systems say.
    public var state: String
    /// OTLP's flags.
    public var flags: UInt32
    /// What was done.
    public var name: String
    /// By OTLP's name.
    public var kind: String
    /// How long it took.
    public var nanoseconds: Int64
    /// What is said of it.
    public var attributes: [String: String]
    /// The names of its events.
    public var events: [String]
    /// The spans it is linked with.
    public var links: [String]
    /// By OTLP's name.
    public var status: String
    /// Why it failed.
    public var message: String

    /// The service that did it.
    public var service: String? { resource["service.name"] }
  }

  /// A call.
  public struct Export: Decodable, Sendable {
    /// How it was answered; empty is OK.
    public var answer: String
    /// What came with it.
    public var metadata: [String: String]
    /// What it held.
    public var spans: [Span]
  }

  private struct Start: Decodable {
    var port: Int
    var same: [String: Bool]
  }

  private struct Queued: Decodable {
    var queued: String
  }

  /// The collector ended before it said anything.
  public struct Gone: Error {}

  /// Where it listens, on localhost.
  public let port: Int
  /// Whether each vendored contract declares what the collector's own does.
  public let contracts: [String: Bool]
  private let conversation: Conversation

  /// Runs a collector for the length of a closure.
  ///
  /// - Parameter identity: its certificate, for TLS with certificates on both sides.
  public static func run<R: Sendable>(
    identity: TLSConfiguration.Identity? = nil, trusting authority: String = "",
    _ body: (OTLPReceiver) async throws -> R
  ) async throws -> R {
    let credentials =
      identity.map { [$0.certificateChainPath, $0.privateKeyPath, authority] } ?? []
    return try await PythonPeer.talk(
      to: "otlp_receiver.py", arguments: ["\(PythonPeer.repository)/protos"] + credentials
    ) { conversation in
      guard let line = await conversation.next() else { throw Gone() }
      let start = try JSONDecoder().decode(Start.self, from: Data(line.utf8))
      return try await body(
        OTLPReceiver(port: start.port, contracts: start.same, conversation: conversation))
    }
  }

  /// Says how the next call is answered; the collector knows when this returns.
  public func answer(_ answer: String) async throws {
    try await conversation.send(answer)
    guard let line = await conversation.next() else { throw Gone() }
    _ = try JSONDecoder().decode(Queued.self, from: Data(line.utf8))
  }

  /// The next call.
  public func next() async throws -> Export {
    guard let line = await conversation.next() else { throw Gone() }
    return try JSONDecoder().decode(Export.self, from: Data(line.utf8))
  }
}
