internal import RPC

/// How the channels of a process make calls: gRPC's service config.
///
/// What is not said here is as the contract of a method says, or as a channel does by itself.
public struct ServiceConfig: Sendable, Hashable {
  /// How calls of some methods are made.
  public struct Method: Sendable, Hashable {
    /// How long a call may take; the contract's deadline does not count then, a caller's does.
    public var timeout: Duration?
    /// Whether a call waits for a connection that cannot be made now; false unless said.
    public var waitsForReady: Bool?
    /// When a call is made again, for methods whose contract allows that they take effect twice.
    public var retrying: Retrying?

    /// Says nothing.
    public init() {}
  }

  /// Whether and when a call is made again.
  public enum Retrying: Sendable, Hashable {
    /// Not at all.
    case never
    /// As a policy says.
    case policy(RetryPolicy)
  }

  /// Which methods something is said about.
  public enum Name: Sendable, Hashable {
    /// One method.
    case method(service: String, method: String)
    /// All methods of a service about which nothing is said by themselves.
    case service(String)
    /// All others.
    case all
  }

  /// What is said about methods.
  public var methods: [Name: Method] = [:]
  /// How the replica is chosen that gets a call.
  public var balancing: BalancingPolicy?
  /// When replicas that do worse than others are left alone.
  public var outlierDetection = OutlierDetection.standard
  /// How many calls a channel has under way at one replica, streams among them; the rest go to others, and
  /// fail as RESOURCE_EXHAUSTED where there are none.
  public var maximumCallsPerReplica = Self.standardCallLimit
  /// When retries of a channel stop; never unless said.
  public var retryThrottling: RetryThrottling?
  /// How much load retries may add.
  public var retryBudget = RetryBudgeting.standard

  /// The limit of gRFC A32.
  public static let standardCallLimit = 1_024

  /// Says nothing.
  public init() {}

  /// What is said about a method.
  func method(_ descriptor: MethodDescriptor) -> Method? {
    guard !methods.isEmpty else { return nil }
    return methods[.method(service: descriptor.service, method: descriptor.method)]
      ?? methods[.service(descriptor.service)] ?? methods[.all]
  }

  /// When a method's calls are made again; nil for never.
  func retryPolicy(_ descriptor: MethodDescriptor, _ method: Method?) -> RetryPolicy? {
    guard descriptor.idempotency != .unknown else { return nil }
    switch method?.retrying {
    case .never: return nil
    case .policy(let policy): return policy
    case nil: return .standard
    }
  }
}
