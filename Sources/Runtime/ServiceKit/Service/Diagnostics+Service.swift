import Observability
import Postgres
import RPC
import RPCTransport
import StandardServices

extension Diagnostics {
  /// Shows a service's pool of connections, and what waits in its outbox.
  func addDatabase(_ database: PostgresPool, of service: String, outbox: Outbox?) {
    for (state, count): (String, @Sendable (PostgresPool.Statistics) -> Int) in [
      ("busy", { $0.open - $0.idle }), ("idle", \.idle),
    ] {
      metrics.gauge(
        "postgres_pool_connections", "Connections to the database.",
        ["service": service, "state": state]
      ) { [weak database] in
        await database?.statistics().map(count)
      }
    }
    metrics.gauge(
      "postgres_pool_waiting", "Callers that wait for a connection to the database.",
      ["service": service]
    ) { [weak database] in
      await database?.statistics().map(\.waiting)
    }
    guard outbox != nil else { return }
    metrics.gauge(
      "outbox_unpublished_events",
      "Events of committed transactions that have yet to be published.",
      ["service": service]
    ) { [weak database] in
      guard let database else { return nil }
      return try? await Double(Outbox.unpublished(in: database))
    }
    metrics.gauge(
      "outbox_oldest_event_age_seconds",
      "How long the oldest event that has yet to be published has waited.", ["service": service]
    ) { [weak database] in
      guard let database else { return nil }
      return try? await Outbox.oldestAge(in: database)
    }
    metrics.gauge(
      "outbox_rows", "Events that the outbox holds, published or not, as its statistics say.",
      ["service": service]
    ) { [weak database] in
      guard let database else { return nil }
      return try? await Double(database.estimatedRows(of: "outbox"))
    }
    metrics.gauge(
      "outbox_oldest_row_age_seconds", "How old the oldest event is that the outbox holds.",
      ["service": service]
    ) { [weak database] in
      guard let database else { return nil }
      return try? await Outbox.oldestRowAge(in: database)
    }
    metrics.gauge(
      "outbox_refused_events", "Events that the broker does not take.", ["service": service]
    ) { [weak database] in
      guard let database else { return nil }
      return try? await Double(RefusedEvents(database).count())
    }
  }

  /// Shows what a service's consumers could not apply, and what waits behind it.
  func addDeadLetters(_ letters: DeadLetters, of service: String) {
    for state in DeadLetter.State.allCases {
      metrics.gauge(
        "dead_letters", "Events that a consumer could not apply, and those that wait behind them.",
        ["service": service, "state": state.rawValue]
      ) { try? await Double(letters.count(state)) }
    }
  }

  /// Shows how near a service's server is to its limits.
  func addLimiter(_ limiter: ConcurrencyLimiter, of service: String) {
    for (name, help, value): (String, String, @Sendable (ConcurrencyLimiter.Statistics) -> Int) in [
      (
        "grpc_server_calls_limit",
        "Unary calls that may be at work at once, as found by their times.",
        \.callsLimit
      ),
      ("grpc_server_calls_at_work", "Unary calls that are at work.", \.callsAtWork),
      ("grpc_server_calls_waiting", "Unary calls that wait for others to end.", \.waitingCalls),
      ("grpc_server_streams", "Calls that stream and are open.", \.streams),
    ] {
      metrics.gauge(name, help, ["service": service]) { [weak limiter] in
        limiter.map { Double(value($0.statistics)) }
      }
    }
  }

  /// Shows what a service's server does.
  func addServer(
    _ server: RPCServer, of service: String, _ calls: ServerMetrics, _ health: ServerHealth
  ) {
    addReadiness(service) { health.status(of: ServerHealth.server) == .serving }
    metrics.gauge(
      "grpc_server_connections", "Connections of callers that are open.", ["service": service]
    ) { [weak server] in server.map { Double($0.connectionCount) } }
    for event in ConnectionEvent.all {
      metrics.counter(
        "grpc_server_connection_events_total", "What has happened to connections of callers.",
        ["service": service, "event": event.name],
        reading: { [weak server] in server.map { Double($0.counters[event]) } })
    }
    metrics.gauge(
      "grpc_server_held_bytes", "Bytes of messages that wait for callers to send or take the rest.",
      ["service": service]
    ) { [weak server] in server.map { Double($0.heldBytes) } }
    metrics.gauge(
      "grpc_server_calls_under_way", "Calls that have begun and not ended.", ["service": service]
    ) { [weak calls] in calls.map { Double($0.callsUnderWay) } }
    addSection("Service \(service)") { [weak server, weak calls] in
      guard let server, let calls else { return [] }
      return [
        ("port", "\(server.port)"), ("connections", "\(server.connectionCount)"),
        ("calls under way", "\(calls.callsUnderWay)"),
      ]
    }
  }
}

extension PostgresPool.Statistics {
  fileprivate func map(_ count: (Self) -> Int) -> Double { Double(count(self)) }
}
