internal import NIOCore

/// The body of a request as it comes in; belongs to the loop of its connection.
///
/// Its bytes count against the budget of all bodies as they arrive, not as they are announced, and until ``drop()``:
/// an announcement costs a client nothing.
final class IncomingBody {
  private let limit: Int
  private let budget: BodyBudget
  private var bytes: [UInt8] = []
  private var reserved = 0
  private var reader: EventLoopPromise<[UInt8]>?

  /// Whether all of it is in.
  private(set) var isWhole = false

  /// Why it will not be whole; nil where that may still be.
  private(set) var failure: Problem?

  /// Called when somebody waits for it: not before is a client asked for it that wants to be (`100-continue`).
  var whenAwaited: (() -> Void)?

  init(limit: Int, budget: BodyBudget) {
    self.limit = limit
    self.budget = budget
  }

  /// Whether nothing more of it is wanted.
  var isOver: Bool { isWhole || failure != nil }

  /// All of it, if it is in.
  var whole: [UInt8]? { isWhole ? bytes : nil }

  /// Takes what has arrived.
  func append(_ buffer: ByteBuffer) {
    guard !isOver else { return }
    let count = buffer.readableBytes
    guard bytes.count + count <= limit else { return fail(.bodyTooLarge(limit: limit)) }
    guard budget.reserve(count) else { return fail(.bodiesTooLarge(limit: budget.limit)) }
    reserved += count
    bytes.append(contentsOf: buffer.readableBytesView)
  }

  /// Takes its end.
  func end() {
    guard !isOver else { return }
    isWhole = true
    reader?.succeed(bytes)
    reader = nil
  }

  /// Gives up on what has not arrived.
  func fail(_ problem: Problem) {
    guard !isOver else { return }
    failure = problem
    reader?.fail(problem)
    reader = nil
    drop()
  }

  /// Lets go of the bytes: nobody needs them any more.
  func drop() {
    bytes = []
    budget.giveBack(reserved)
    reserved = 0
  }

  fileprivate func await(_ promise: EventLoopPromise<[UInt8]>) {
    if let failure { return promise.fail(failure) }
    if isWhole { return promise.succeed(bytes) }
    reader = promise
    whenAwaited?()
  }
}

extension EdgeBody {
  /// A body that is on its way.
  static func incoming(_ body: IncomingBody, on loop: any EventLoop) -> EdgeBody {
    let body = NIOLoopBound(body, eventLoop: loop)
    return .incoming { () async throws(Problem) in
      let promise = loop.makePromise(of: [UInt8].self)
      loop.execute { body.value.await(promise) }
      do {
        return try await promise.futureResult.get()
      } catch {
        // Nothing else is ever told.
        throw error as? Problem ?? .clientGone
      }
    }
  }
}
