/// How long a server keeps a connection, how it finds out that one is dead, and which pings it bears
/// (gRFC A9 and A8).
///
/// None of it costs a call: a connection whose time is up takes no new ones, as its client is told, and
/// ends with the last that is under way.
public struct ConnectionManagement: Sendable, Hashable {
  /// How long nothing may come from a client until it is asked for a sign of life; nil does not ask.
  ///
  /// gRPC's own default is two hours. A half-open connection holds its calls' handlers, so it is to be
  /// found out sooner.
  public var keepaliveTime: Duration? = .seconds(10)
  /// How long that sign may take; then the connection is closed, and its calls are cancelled.
  public var keepaliveTimeout: Duration = .seconds(5)
  /// The least time between two pings of a client with calls under way.
  ///
  /// gRPC's own default is five minutes, and ten seconds is the least that its clients can be set to, as
  /// those of the mesh are; half of that leaves room for a network's delays.
  public var minimumPingInterval: Duration = .seconds(5)
  /// The least time between two pings of a client without calls (gRPC's default).
  public var minimumIdlePingInterval: Duration = .seconds(7_200)
  /// How many pings may come too soon (gRPC's default).
  ///
  /// One more ends the connection with ENHANCE_YOUR_CALM and `too_many_pings`. Headers or data sent to the
  /// client clear the count.
  public var pingStrikes = 2
  /// How long a connection may be without calls; nil, gRPC's default, is for ever.
  ///
  /// It is ended after at least that time and at most twice of it.
  public var maximumIdle: Duration?
  /// How long a connection may last, and ±10 % at random, so that not all end at once; nil is for ever.
  ///
  /// gRPC's own default is for ever. Half an hour spreads clients over new replicas, and new certificates
  /// over connections.
  public var maximumAge: Duration? = .seconds(1_800)
  /// How long the calls under way may go on after that; nil, gRPC's default, is for ever.
  public var maximumAgeGrace: Duration?
  /// How long a client may take nothing of a response that waits for it, by not reading or by not opening
  /// its windows; nil is for ever, as in gRPC.
  ///
  /// After at least that time and at most twice of it the call is ended; and so is the connection, if it took
  /// nothing of any.
  public var maximumStall: Duration? = .seconds(60)

  /// The management of a mesh's connections.
  public init() {}

  /// How much longer or shorter than `maximumAge` a connection lasts, as a part of it.
  static let ageJitter = 0.1
  /// What a client is told that pings too often; it doubles its interval then (gRFC A8).
  static let tooManyPings = "too_many_pings"

  /// How long one connection may last.
  func age(using generator: inout some RandomNumberGenerator) -> Duration? {
    self.maximumAge.map {
      $0 * Double.random(in: 1 - Self.ageJitter...1 + Self.ageJitter, using: &generator)
    }
  }
}

/// What our pings ask, told apart by what they carry.
enum PingMark {
  /// Whether the peer is there.
  static let keepalive: UInt64 = 1
  /// Whether the peer has read that the connection will end.
  static let shutdown: UInt64 = 2
}
