/// What is wrong with a backend, as its callers see it.
enum Fault: CaseIterable, Sendable {
  /// Everything takes two seconds more.
  case slow
  /// Every connection is reset in the middle of a response, again and again.
  case resetting
  /// What is sent to it vanishes, and nobody is told.
  case halfOpen
  /// It is gone.
  case dead

  /// How much longer a call takes than it would.
  static let delay: Duration = .seconds(2)
  /// How much of responses a connection passes until it is reset: a handshake and a few.
  static let bytesUntilReset = 12_000

  /// Comes upon what is behind a proxy.
  func strike(_ proxy: FaultProxy) async throws {
    switch self {
    case .slow: proxy.behaviour = .delaying(Self.delay)
    case .resetting: proxy.behaviour = .resetting(after: Self.bytesUntilReset)
    case .halfOpen: proxy.behaviour = .swallowing
    case .dead:
      try await proxy.stopListening()
      proxy.resetAll()
    }
  }
}
