import ArgumentParser
import Postgres
import ServiceKit

/// `alphintra outbox`: what the broker does not take, for operators.
struct OutboxCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "outbox",
    abstract: "Look at events that the broker refuses, and give them up.",
    discussion: """
      An event that the broker does not take, such as one that is too large, is tried again every half minute, and what \
      comes of its key after it waits; all other keys go on. When the broker takes more, nothing else is to be done.

      Works as the service's role, by the settings that the service itself is given, as `alphintra dead-letters` does.
      """,
    subcommands: [List.self, Show.self, Discard.self])
}

extension OutboxCommand {
  /// The service whose outbox is meant.
  struct Selection: ParsableArguments {
    @Argument(help: "The service that publishes the events.")
    var service: String

    func validate() throws {
      guard let definition = try ServiceCatalog.named([service]).first, definition.hasOutbox else {
        throw ValidationError("\(service) publishes no events, so it has no outbox")
      }
    }

    /// Works with the service's refused events.
    func run(_ body: (RefusedEvents) async throws -> Void) async throws {
      for definition in try ServiceCatalog.named([service]) {
        try await ServiceDatabase.run("outbox", of: definition) {
          try await body(RefusedEvents($0))
        }
      }
    }
  }

  /// An event that is not refused, or not there.
  struct NotFound: Error, CustomStringConvertible {
    let id: Int64
    var description: String { "the broker refuses no event \(id)" }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List refused events, oldest first.")

    @OptionGroup var selection: Selection

    @Option(help: "The most that are listed.")
    var limit = 100

    @Option(help: "List those behind this number.")
    var after: Int64 = 0

    func validate() throws {
      guard (1...10_000).contains(limit) else {
        throw ValidationError("--limit is 1 to 10000, got \(limit)")
      }
    }

    func run() async throws {
      try await selection.run { events in
        let console = Console()
        for event in try await events.list(after: after, limit: limit) {
          console.print(event.line)
        }
        console.print("\(try await events.count()) refused")
      }
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show a refused event with its payload.")

    @OptionGroup var selection: Selection

    @Argument(help: "Its number.")
    var id: Int64

    func run() async throws {
      try await selection.run { events in
        guard let event = try await events.find(id) else { throw NotFound(id: id) }
        Console().print(event.text)
      }
    }
  }

  struct Discard: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Give a refused event up for good, and have what waits behind it published.",
      discussion: """
        Nobody will ever hear of it: whoever reads its key finds its sequence missing. `show` it first, and see to its \
        effects.
        """)

    @OptionGroup var selection: Selection

    @Argument(help: "Its number.")
    var id: Int64

    func run() async throws {
      try await selection.run { events in
        guard let count = try await events.discard(id) else { throw NotFound(id: id) }
        Console().print("event \(id) is given up; \(count) behind it to be published")
      }
    }
  }
}

extension RefusedEvent {
  /// What a list says of it.
  fileprivate var line: String {
    "\(id)  \(refusedAt)  \(topic)  key \(TerminalText.visible(key))  \(eventID)  "
      + "refused \(attempts)  \(waiting) behind it  \(TerminalText.visible(reason))"
  }

  /// All of it.
  fileprivate var text: String {
    [
      ("number", "\(id)"), ("topic", topic), ("key", TerminalText.visible(key)),
      ("event", eventID), ("type", eventType), ("sequence", "\(sequence)"),
      ("committed", "\(createdAt)"), ("refused", "\(attempts) times, last at \(refusedAt)"),
      ("reason", TerminalText.visible(reason)), ("behind it", "\(waiting)"),
      ("payload", "\(payload.count) bytes"),
    ].map { "\($0): \($1)" }.joined(separator: "\n") + "\n\n" + TerminalText.payload(payload)
  }
}
