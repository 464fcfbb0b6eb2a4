import ArgumentParser
import Kafka
import Postgres
import ServiceKit

/// `alphintra dead-letters`: what consumers could not apply, for operators.
struct DeadLettersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dead-letters",
    abstract: "Look at events that a service could not apply, and have them tried again.",
    discussion: """
      An event that fails in all its attempts is put aside, and what comes of its key after it waits \
      behind it; all other keys go on. The topic of dead letters is told of those that failed.

      Works as the service's role, by the settings that the service itself is given: \
      ASSET_POSTGRES_HOST, ASSET_POSTGRES_PASSWORD_FILE and the like, or without the prefix.
      """,
    subcommands: [List.self, Show.self, Requeue.self, Discard.self])
}

extension DeadLettersCommand {
  /// The service whose dead letters are meant.
  struct Selection: ParsableArguments {
    @Argument(help: "The service that consumes the events.")
    var service: String

    func validate() throws {
      guard let definition = try ServiceCatalog.named([service]).first, definition.hasDeadLetters
      else {
        throw ValidationError("\(service) consumes no events, so it has no dead letters")
      }
    }

    /// Works with the service's dead letters.
    func run(_ body: (DeadLetters) async throws -> Void) async throws {
      for definition in try ServiceCatalog.named([service]) {
        try await ServiceDatabase.run("dead-letters", of: definition) {
          try await body(DeadLetters($0))
        }
      }
    }
  }

  /// A dead letter that is not there.
  struct NotFound: Error, CustomStringConvertible {
    let id: Int64
    var description: String { "there is no dead letter \(id)" }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List dead letters, oldest first.")

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
      try await selection.run { letters in
        let console = Console()
        for letter in try await letters.list(after: after, limit: limit) {
          console.print(letter.line)
        }
        var counts: [String] = []
        for state in DeadLetter.State.allCases {
          counts.append("\(try await letters.count(state)) \(state.rawValue)")
        }
        console.print(counts.joined(separator: ", "))
      }
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show a dead letter with its headers and its payload.")

    @OptionGroup var selection: Selection

    @Argument(help: "Its number.")
    var id: Int64

    func run() async throws {
      try await selection.run { letters in
        guard let letter = try await letters.find(id) else { throw NotFound(id: id) }
        Console().print(letter.text)
      }
    }
  }

  struct Requeue: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Have a dead letter's key tried again, in its order.")

    @OptionGroup var selection: Selection

    @Argument(help: "The number of a dead letter of the key.")
    var id: Int64?

    @Flag(help: "All keys.")
    var all = false

    func validate() throws {
      guard all == (id == nil) else {
        throw ValidationError("name a dead letter, or give --all without one")
      }
    }

    func run() async throws {
      try await selection.run { letters in
        let count: Int
        if let id {
          count = try await letters.requeue(id)
          guard count > 0 else { throw NotFound(id: id) }
        } else {
          count = try await letters.requeueAll()
        }
        Console().print(
          "\(count) to be tried again; `alphintra dead-letters list` shows what fails")
      }
    }
  }

  struct Discard: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Give a dead letter up for good, and have what waits behind it tried.")

    @OptionGroup var selection: Selection

    @Argument(help: "Its number.")
    var id: Int64

    func run() async throws {
      try await selection.run { letters in
        guard let count = try await letters.discard(id) else { throw NotFound(id: id) }
        Console().print("dead letter \(id) is given up; \(count) behind it to be tried")
      }
    }
  }
}

extension DeadLetter {
  /// What a list says of it.
  fileprivate var line: String {
    let time = "\(failedAt ?? parkedAt)"
    return
      "\(id)  \(time)  \(state.rawValue)  \(consumer)  \(topic)  key \(TerminalText.visible(keyText))  "
      + "\(eventID)  tried \(attempts)  \(TerminalText.visible(reason))"
  }

  /// All of it.
  fileprivate var text: String {
    var lines = [
      ("number", "\(id)"), ("state", state.rawValue), ("consumer", consumer),
      ("read from", "\(topic)[\(partition)] at \(offset)"), ("key", TerminalText.visible(keyText)),
      ("event", eventID), ("tried", "\(attempts)"), ("reason", TerminalText.visible(reason)),
      ("put aside", "\(parkedAt)"),
    ]
    if let failedAt { lines.append(("failed last", "\(failedAt)")) }
    if let requeuedAt { lines.append(("requeued", "\(requeuedAt)")) }
    lines += headers.map { ("header \($0.name)", TerminalText.visible($0.text ?? "")) }
    return lines.map { "\($0): \($1)" }.joined(separator: "\n") + "\n\n"
      + TerminalText.payload(payload)
  }
}
