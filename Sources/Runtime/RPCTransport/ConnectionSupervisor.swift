import HTTP2
import NIOCore

/// Asks a silent client for a sign of life, and ends its connection when it is dead, stalled, idle or old.
final class ConnectionSupervisor: @unchecked Sendable {
  // Unchecked: touched by the loop's thread only.
  private let connection: ServerConnection
  private let handler: ConnectionHandler
  private let management: ConnectionManagement
  private var lifeTimer: Scheduled<Void>?
  private var stallTimer: Scheduled<Void>?
  private var idleTimer: Scheduled<Void>?
  private var ageTimer: Scheduled<Void>?

  /// Begins to watch; `stop` ends it, and lets go of the connection.
  init(
    _ connection: ServerConnection, _ handler: ConnectionHandler, _ management: ConnectionManagement
  ) {
    self.connection = connection
    self.handler = handler
    self.management = management
    self.watchLife()
    self.watchStalls()
    self.watchIdleness()
    self.watchAge()
  }

  func stop() {
    self.lifeTimer?.cancel()
    self.stallTimer?.cancel()
    self.idleTimer?.cancel()
    self.ageTimer?.cancel()
  }

  private func after(
    _ time: Duration, _ action: @escaping @Sendable () -> Void
  ) -> Scheduled<Void> {
    self.handler.executor.loop.scheduleTask(in: TimeAmount(time), action)
  }

  // MARK: - Life

  private func watchLife() {
    guard let time = self.management.keepaliveTime else { return }
    let due = self.handler.lastRead + TimeAmount(time)
    self.lifeTimer = self.handler.executor.loop.scheduleTask(deadline: due) {
      if self.handler.lastRead + TimeAmount(time) > .now() {
        self.watchLife()
      } else {
        self.askForLife()
      }
    }
  }

  private func askForLife() {
    let lastRead = self.handler.lastRead
    let timeout = self.management.keepaliveTimeout
    self.handler.session.ping(PingMark.keepalive)
    self.handler.flushLater()
    self.lifeTimer = self.after(timeout) {
      if self.handler.lastRead == lastRead {
        self.connection.cutOff(ConnectionError.keepaliveTimeout(timeout))
      } else {
        self.watchLife()
      }
    }
  }

  /// The client is there.
  func receivedLife() {
    self.lifeTimer?.cancel()
    self.watchLife()
  }

  // MARK: - Stalls

  /// Looks whether what waits for the client goes out, from one end of the time to the other; calls do
  /// nothing for it but count what they write.
  private func watchStalls() {
    guard let time = self.management.maximumStall else { return }
    let deliveries = self.handler.session.deliveries
    self.stallTimer = self.after(time) {
      let isMoving = self.handler.session.deliveries != deliveries
      let hasStalledCalls = self.connection.resetStalledStreams()
      if !isMoving, hasStalledCalls || self.handler.isBlocked {
        self.connection.cutOff(ConnectionError.stalled(time))
      } else {
        self.watchStalls()
      }
    }
  }

  // MARK: - Idleness

  /// Costs a call nothing: what is seen is whether anything was done from one end of the time to the other.
  private func watchIdleness() {
    guard let time = self.management.maximumIdle else { return }
    let work = self.handler.session.receivedWork
    self.idleTimer = self.after(time) {
      let session = self.handler.session
      if session.hasStreams || session.receivedWork != work {
        self.watchIdleness()
      } else {
        self.connection.shutDown(.idle)
      }
    }
  }

  // MARK: - Age

  private func watchAge() {
    var generator = SystemRandomNumberGenerator()
    guard let age = self.management.age(using: &generator) else { return }
    self.ageTimer = self.after(age) {
      self.connection.shutDown(.aged)
      guard let grace = self.management.maximumAgeGrace else { return }
      self.ageTimer = self.after(grace) {
        self.connection.cutOff(ConnectionError.tooOld(grace: grace))
      }
    }
  }
}
