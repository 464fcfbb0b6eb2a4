import Synchronization

/// What goes wrong on purpose with some calls, to see what their callers make of it: a delay, a failure, or
/// one after the other (gRFC A33).
public struct FaultPolicy: Sendable, Hashable {
  /// How long a call is held up.
  public var delay: Duration?
  /// How many of a hundred calls are.
  public var delayPercentage: Double
  /// What a call fails with.
  public var abort: StatusCode?
  /// How many of a hundred calls do.
  public var abortPercentage: Double
  /// How many calls at most are held up or made to fail at once; nil for any number.
  public var maximumActiveFaults: Int?

  /// Names what goes wrong.
  public init(
    delay: Duration? = nil, delayPercentage: Double = 100, abort: StatusCode? = nil,
    abortPercentage: Double = 100, maximumActiveFaults: Int? = nil
  ) {
    precondition(abort != .ok, "a fault is a failure")
    self.delay = delay
    self.delayPercentage = delayPercentage
    self.abort = abort
    self.abortPercentage = abortPercentage
    self.maximumActiveFaults = maximumActiveFaults
  }
}

/// Makes calls of some methods slow, or fail, before their handler runs.
///
/// A call that is held up holds what a slow handler would hold: its place among the calls at work, and its
/// caller. It still ends at its deadline and when its caller gives up.
public final class FaultInjection: ServerInterceptor {
  /// The reason in `google.rpc.ErrorInfo` of a call that was made to fail.
  public static let reason = "FAULT_INJECTED"
  /// The domain of the reason.
  public static let domain = "mesh.alphintra.com"

  /// What goes wrong.
  public let policy: FaultPolicy
  private let chooses: @Sendable (MethodDescriptor) -> Bool
  private let percent: @Sendable () -> Double
  private let active = Atomic(0)

  /// Faults in the calls of the methods that `chooses` chooses.
  public convenience init(
    _ policy: FaultPolicy, for chooses: @escaping @Sendable (MethodDescriptor) -> Bool
  ) {
    self.init(policy, percent: { .random(in: 0..<100) }, for: chooses)
  }

  /// - Parameter percent: Draws from 0 up to 100, once for each fault that a call might get.
  init(
    _ policy: FaultPolicy, percent: @escaping @Sendable () -> Double,
    for chooses: @escaping @Sendable (MethodDescriptor) -> Bool
  ) {
    self.policy = policy
    self.percent = percent
    self.chooses = chooses
  }

  /// Whether calls of a method may get a fault.
  public func intercepts(_ method: MethodDescriptor) -> Bool { self.chooses(method) }

  /// Holds a call up, lets it fail, or lets it through.
  public func intercept<Answer: Sendable>(
    _ context: ServerContext, _ next: (ServerContext) async throws -> Answer
  ) async throws -> Answer {
    if let delay = self.policy.delay, self.begins(self.policy.delayPercentage) {
      defer { self.active.subtract(1, ordering: .relaxed) }
      try await Task.sleep(for: delay)
      try context.call.checkDeadline()
    }
    if let code = self.policy.abort, self.begins(self.policy.abortPercentage) {
      defer { self.active.subtract(1, ordering: .relaxed) }
      throw RPCError(
        code, "a fault was injected",
        details: [.errorInfo(reason: Self.reason, domain: Self.domain, metadata: [:])])
    }
    return try await next(context)
  }

  /// Whether a fault comes now; it counts as active then.
  private func begins(_ percentage: Double) -> Bool {
    guard self.percent() < percentage else { return false }
    let count = self.active.add(1, ordering: .relaxed).newValue
    guard let maximum = self.policy.maximumActiveFaults, count > maximum else { return true }
    self.active.subtract(1, ordering: .relaxed)
    return false
  }
}

extension FaultPolicy: CustomStringConvertible {
  /// What goes wrong and how often, for the log.
  public var description: String {
    var parts: [String] = []
    if let delay = self.delay { parts.append("\(self.delayPercentage) % wait for \(delay)") }
    if let abort = self.abort { parts.append("\(self.abortPercentage) % fail with \(abort)") }
    if let maximum = self.maximumActiveFaults { parts.append("\(maximum) at once") }
    return parts.joined(separator: ", ")
  }
}
