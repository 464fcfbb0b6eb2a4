/// A span that has ended, as it is exported.
public struct SpanRecord: Sendable, Hashable {
  /// Where in a request a span stands.
  public enum Kind: Sendable, Hashable {
    /// Inside a process.
    case `internal`
    /// Answers a caller.
    case server
    /// Calls a server.
    case client
    /// Makes an event.
    case producer
    /// Takes an event.
    case consumer
  }

  /// How it ended.
  public enum Status: Sendable, Hashable {
    /// Nothing is said.
    case unset
    /// Well.
    case ok
    /// Badly, and why.
    case error(String)
  }

  /// A moment in it.
  public struct Event: Sendable, Hashable {
    /// What happened.
    public let name: String
    /// When, in nanoseconds since 1970.
    public let time: UInt64
    /// What is known of it.
    public let attributes: [SpanAttribute]
  }

  /// The most attributes of a span; more are counted in ``droppedAttributes``.
  public static let maximumAttributes = 128
  /// The most events of a span; more are counted in ``droppedEvents``.
  public static let maximumEvents = 128

  /// The service that did it.
  public let service: String
  /// Its ids.
  public let context: SpanContext
  /// The span that led to it; nil for the first of a trace.
  public let parent: SpanID?
  /// Whether the parent came from another process.
  public let parentIsRemote: Bool
  /// What was done.
  public internal(set) var name: String
  /// Where in a request it stands.
  public let kind: Kind
  /// When it began, in nanoseconds since 1970.
  public let start: UInt64
  /// When it ended, in nanoseconds since 1970.
  public internal(set) var end: UInt64
  /// What is known of it, each name once.
  public internal(set) var attributes: [SpanAttribute] = []
  /// How many attributes there were beside these.
  public internal(set) var droppedAttributes = 0
  /// What happened in it.
  public internal(set) var events: [Event] = []
  /// How many events there were beside these.
  public internal(set) var droppedEvents = 0
  /// Other spans that it has to do with.
  public let links: [SpanContext]
  /// How it ended.
  public internal(set) var status = Status.unset

  mutating func set(_ attribute: SpanAttribute) {
    if let index = attributes.firstIndex(where: { $0.name == attribute.name }) {
      attributes[index] = attribute
    } else if attributes.count < Self.maximumAttributes {
      attributes.append(attribute)
    } else {
      droppedAttributes += 1
    }
  }

  mutating func add(_ event: Event) {
    if events.count < Self.maximumEvents { events.append(event) } else { droppedEvents += 1 }
  }
}
