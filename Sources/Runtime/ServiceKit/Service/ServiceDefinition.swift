public import Events
public import Mesh
public import RPC

/// A service as the programs know it: its name, what it owns, and how it is put together.
///
/// ```swift
/// public static let definition = ServiceDefinition(
///   name: "trading", calls: ["marketdata"], migrations: Migrations.all,
///   topics: [TradingV1.Topics.orderEvents.specification]
/// ) { environment in
///   let ledger = Ledger(environment.database)
///   return ServiceParts(services: [TradingHandlers(ledger)], tasks: [venue.task])
/// }
/// ```
public struct ServiceDefinition: Sendable {
  /// The name: of its SPIFFE id, its schema, its role, its settings and its file in the directory.
  public let name: String
  /// The services that it calls, beside auth for the keys of tokens; the settings may say where each is.
  public let calls: [String]
  /// The history of its schema.
  public let migrations: [Migration]
  /// The topics it publishes.
  public let topics: [TopicSpecification]
  /// The tables of its schema that its role may read and add to, and never change: what was written stays.
  public let appendOnlyTables: [String]
  /// Puts the service together; called once, before a port is open.
  ///
  /// - Throws: `ConfigurationError` for a setting of its own that is wrong; anything else ends the
  ///   start.
  public let make: @Sendable (ServiceEnvironment) async throws -> ServiceParts

  /// Describes a service.
  ///
  /// - Precondition: With the outbox of ``Migration/events(version:)`` there is ``Migration/refusedEvents(version:)``.
  public init(
    name: String, calls: [String] = [], migrations: [Migration], topics: [TopicSpecification],
    appendOnlyTables: [String] = [],
    make: @escaping @Sendable (ServiceEnvironment) async throws -> ServiceParts
  ) {
    self.name = name
    self.calls = calls
    self.migrations = migrations
    self.topics = topics
    self.appendOnlyTables = appendOnlyTables
    self.make = make
    precondition(
      !hasOutbox || migrations.contains { $0.name == Migration.refusedEventsName },
      "\(name): an outbox cannot do without \(Migration.refusedEventsName)")
  }

  /// Every service that it calls.
  public var allCalls: [String] {
    calls + [RunningService.authService].filter { $0 != name && !calls.contains($0) }
  }
}

/// What a service consists of while it runs.
public struct ServiceParts: Sendable {
  /// The implementations of its contracts.
  public var services: [any RPCService]
  /// What it does beside answering calls, started in this order before the port opens.
  public var tasks: [BackgroundTask]
  /// Who verifies users' tokens; nil for the keys that the auth service publishes.
  public var tokenVerifier: (any TokenVerifier)?
  /// What stands between the access check and its handlers, in the order in which a call passes it.
  public var interceptors: [any ServerInterceptor]
  /// What it cannot do without.
  public var dependencies: [ServiceDependency]
  /// Answers calls that were made before, by their idempotency keys; nil knows none.
  public var replay: (any CallReplay)?

  /// Names the parts.
  public init(
    services: [any RPCService], tasks: [BackgroundTask] = [],
    tokenVerifier: (any TokenVerifier)? = nil, interceptors: [any ServerInterceptor] = [],
    dependencies: [ServiceDependency] = [], replay: (any CallReplay)? = nil
  ) {
    self.services = services
    self.tasks = tasks
    self.tokenVerifier = tokenVerifier
    self.interceptors = interceptors
    self.dependencies = dependencies
    self.replay = replay
  }
}

/// Work that goes on until it is cancelled.
///
/// One that returns or throws before that has failed, and the service with it: the process ends with
/// an error, and whoever supervises it starts it again.
public struct BackgroundTask: Sendable {
  /// What it is called in the log.
  public let name: String
  /// Whether it is cancelled before the calls under way have ended, and not after: what feeds
  /// streams must end first, or they would last until the drain's limit.
  public let endsBeforeCalls: Bool
  /// Does the work until the task is cancelled.
  public let run: @Sendable () async throws -> Void

  /// Names the work.
  public init(
    _ name: String, endsBeforeCalls: Bool = false,
    run: @escaping @Sendable () async throws -> Void
  ) {
    self.name = name
    self.endsBeforeCalls = endsBeforeCalls
    self.run = run
  }
}
