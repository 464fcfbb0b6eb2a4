public import Observability
import Synchronization

/// Keeps a server from taking on more than it can do in time: a limit of calls at work, a short queue in
/// front of it, and the less critical calls refused first.
///
/// A call that is refused fails with RESOURCE_EXHAUSTED and the reason `OVERLOADED`, and is told when to try
/// again. One whose deadline passes while it waits is dropped. A stream holds no place among the calls: it
/// has a limit of its own.
public final class ConcurrencyLimiter: Sendable {
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

  /// A place among the calls at work, or among the open streams; to be given back once.
  struct Place: Sendable {
    /// When it was given, if the time of the call is to be measured.
    fileprivate let since: ContinuousClock.Instant?
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
  public func limits(_ method: MethodDescriptor) -> Bool {
    !self.exempt.contains(method.service)
  }

  // MARK: - Admission

  /// Gives a call of one request and one response its place, if there is one and nobody waits for it.
  ///
  /// - Returns: Nil if the call has to be `admitted`, or is a stream.
  func placeNow(for call: ServerCall) -> Place? {
    guard call.registered.descriptor.kind == .unary else { return nil }
    let (isAdmitted, isMeasured) = self.gate.withLock { ($0.admitNow(), $0.measuresTime) }
    guard isAdmitted else { return nil }
    return Place(since: isMeasured ? .now : nil)
  }

  /// Gives a call its place, when it is its turn.
  ///
  /// - Throws: `.resourceExhausted` if it is one too many, `.deadlineExceeded` or `.cancelled` while it waits.
  func admit(_ call: ServerCall) async throws(RPCError) -> Place {
    let criticality = ServerContext(call).criticality
    guard call.registered.descriptor.kind == .unary else {
      guard self.gate.withLock({ $0.admitStream(criticality) }) else {
        throw self.refuse(criticality, .tooManyStreams)
      }
      return Place(since: nil)
    }
    if let place = self.placeNow(for: call) { return place }
    switch await self.wait(criticality, call.deadline) {
    case .admitted: break
    case .refused(let refusal): throw self.refuse(criticality, refusal)
    case .expired: throw call.expired()
    case .cancelled:
      // To a call that is cut off both look the same.
      try call.checkDeadline()
      throw RPCError(.cancelled, "the call was cancelled while it waited for its turn")
    }
    do throws(RPCError) {
      // Its loop may have been busy since then.
      try call.checkDeadline()
    } catch {
      self.giveBack(Place(since: nil), of: call, succeeded: false)
      throw error
    }
    return Place(since: .now)
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

  /// Takes back the place of a call that has ended, and lets in who waits for it.
  func giveBack(_ place: Place, of call: ServerCall, succeeded: Bool) {
    let method = call.registered.descriptor
    guard method.kind == .unary else { return self.gate.withLock { $0.streamEnded() } }
    let departures = self.gate.withLock {
      $0.callEnded(
        began: place.since, target: AdaptiveLimit.target(of: method), succeeded: succeeded, at: .now
      )
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
