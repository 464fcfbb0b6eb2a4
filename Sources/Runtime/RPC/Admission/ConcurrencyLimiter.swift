public import Observability
import Synchronization

/// Keeps a server from taking on more than it can do in time: a limit of calls at work, a short queue in
/// front of it, and the less critical calls refused first.
///
/// A call that is refused fails with RESOURCE_EXHAUSTED and the reason `OVERLOADED`, and is told when to try
/// again. One whose deadline passes while it waits is dropped. A stream holds no place among the calls: it
/// has a limit of its own.
public final class ConcurrencyLimiter: ServerInterceptor {
  /// The reason in `google.rpc.ErrorInfo` of a call that was refused.
  public static let reason = "OVERLOADED"
  /// The domain of the reason.
  public static let domain = "mesh.alphintra.com"
  /// After what time a critical call that was refused is to be tried again; less critical ones wait a
  /// multiple of it, and all up to twice as long, at random.
  public static let retryDelay: Duration = .milliseconds(100)

  /// How the server fares.
  public struct Statistics: Sendable, Hashable {
    /// How many calls may be at work at present.
    public let callsLimit: Int
    /// How many are.
    public let callsAtWork: Int
    /// How many wait.
    public let waitingCalls: Int
    /// How many streams are open.
    public let streams: Int
  }

  /// Why a call was refused.
  enum Refusal: String, CaseIterable {
    /// The queue was full of calls that are as critical.
    case queueIsFull = "queue_full"
    /// It waited for too long.
    case waitedTooLong = "queue_delay"
    /// Too many streams are open.
    case tooManyStreams = "streams"
  }

  /// How the wait of a call ends.
  private enum Turn {
    case admitted
    case refused(Refusal)
    case expired
    case cancelled
  }

  private typealias Ticket = UnsafeContinuation<Turn, Never>
  private typealias Gate = AdmissionGate<Ticket>

  private let exempt: Set<String>
  private let gate: Mutex<Gate>
  private let lastID = Atomic<UInt64>(0)
  /// By criticality, then by reason.
  private let refusals: [[Counter]]

  /// A limiter.
  ///
  /// - Parameters:
  ///   - exempt: The names of services whose calls are never refused, nor counted: those that say how the
  ///     server is must answer above all when it is overloaded.
  ///   - metrics: Where refusals are counted; nil for nowhere.
  ///   - service: The label of what is counted.
  public init(
    _ limits: ConcurrencyLimits = ConcurrencyLimits(), exempting exempt: Set<String> = [],
    metrics: MetricsRegistry? = nil, service: String = ""
  ) {
    self.exempt = exempt
    self.gate = Mutex(Gate(limits))
    self.refusals = Criticality.allCases.map { criticality in
      Refusal.allCases.map { refusal in
        metrics?.counter(
          "grpc_server_calls_shed_total", "Calls that an overloaded server refused.",
          ["criticality": criticality.label, "reason": refusal.rawValue, "service": service])
          ?? Counter()
      }
    }
  }

  /// How the server fares.
  public var statistics: Statistics {
    self.gate.withLock { gate in
      Statistics(
        callsLimit: gate.callsLimit, callsAtWork: gate.callsAtWork,
        waitingCalls: gate.waitingCalls, streams: gate.streams)
    }
  }

  /// Whether calls of a method are counted and can be refused.
  public func intercepts(_ method: MethodDescriptor) -> Bool {
    !self.exempt.contains(method.service)
  }

  /// Lets a call through when there is room for it.
  public func intercept<Answer: Sendable>(
    _ context: ServerContext, _ next: (ServerContext) async throws -> Answer
  ) async throws -> Answer {
    guard context.method.kind == .unary else {
      try self.admitStream(context)
      defer { self.gate.withLock { $0.streamEnded() } }
      return try await next(context)
    }
    let began = try await self.admitCall(context)
    do {
      let answer = try await next(context)
      self.callEnded(context, began: began, succeeded: true)
      return answer
    } catch {
      self.callEnded(context, began: began, succeeded: false)
      throw error
    }
  }

  // MARK: - Admission

  private func admitStream(_ context: ServerContext) throws(RPCError) {
    let criticality = context.criticality
    guard self.gate.withLock({ $0.admitStream(criticality) }) else {
      throw self.refuse(criticality, .tooManyStreams)
    }
  }

  /// - Returns: When it was admitted, if its time is to be measured.
  private func admitCall(
    _ context: ServerContext
  ) async throws(RPCError) -> ContinuousClock.Instant? {
    let (isAdmitted, isMeasured) = self.gate.withLock { ($0.admitNow(), $0.measuresTime) }
    if isAdmitted { return isMeasured ? .now : nil }
    let criticality = context.criticality
    switch await self.wait(criticality, context.deadline) {
    case .admitted: break
    case .refused(let refusal): throw self.refuse(criticality, refusal)
    case .expired: throw context.call.expired()
    case .cancelled:
      // To a call that is cut off both look the same.
      try context.call.checkDeadline()
      throw RPCError(.cancelled, "the call was cancelled while it waited for its turn")
    }
    do throws(RPCError) {
      // Its loop may have been busy since then.
      try context.call.checkDeadline()
    } catch {
      self.callEnded(context, began: nil, succeeded: false)
      throw error
    }
    return .now
  }

  private func wait(
    _ criticality: Criticality, _ deadline: ContinuousClock.Instant?
  ) async -> Turn {
    let id = self.lastID.add(1, ordering: .relaxed).newValue
    return await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        self.arrive(
          Gate.Call(
            id: id, criticality: criticality, since: .now, deadline: deadline, ticket: continuation)
        )
      }
    } onCancel: {
      self.gate.withLock { $0.giveUp(id, criticality) }?.ticket.resume(returning: .cancelled)
    }
  }

  private func arrive(_ call: Gate.Call) {
    enum Outcome {
      case turn(Turn)
      case arrival(WaitingCalls<Ticket>.Arrival)
    }
    let outcome = self.gate.withLock { gate -> Outcome in
      // There may be room by now.
      if gate.admitNow() { return .turn(.admitted) }
      if Task.isCancelled { return .turn(.cancelled) }
      return .arrival(gate.wait(call))
    }
    switch outcome {
    case .turn(let turn): call.ticket.resume(returning: turn)
    case .arrival(.waits): break
    case .arrival(.waitsInsteadOf(let other)):
      other.ticket.resume(returning: .refused(.queueIsFull))
    case .arrival(.refused): call.ticket.resume(returning: .refused(.queueIsFull))
    }
  }

  private func callEnded(
    _ context: ServerContext, began: ContinuousClock.Instant?, succeeded: Bool
  ) {
    let departures = self.gate.withLock {
      $0.callEnded(
        began: began, target: AdaptiveLimit.target(of: context.method), succeeded: succeeded,
        at: .now)
    }
    // Each resumes on its own loop.
    for call in departures.admitted { call.ticket.resume(returning: .admitted) }
    for call in departures.refused { call.ticket.resume(returning: .refused(.waitedTooLong)) }
    for call in departures.expired { call.ticket.resume(returning: .expired) }
  }

  // MARK: - Refusal

  private func refuse(_ criticality: Criticality, _ refusal: Refusal) -> RPCError {
    if let index = Refusal.allCases.firstIndex(of: refusal) {
      self.refusals[criticality.index][index].add()
    }
    let steps = max(1, Criticality.critical.rawValue - criticality.rawValue + 1)
    let delay = Self.retryDelay * Double(steps) * Double.random(in: 1...2)
    return RPCError(
      .resourceExhausted, "the server has more to do than it can do in time",
      details: [
        .errorInfo(
          reason: Self.reason, domain: Self.domain,
          metadata: ["criticality": criticality.label, "cause": refusal.rawValue]),
        .retryInfo(delay: delay),
      ], pushback: .after(delay))
  }
}
