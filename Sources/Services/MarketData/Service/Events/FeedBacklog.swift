import DequeModule
import MarketDataDomain
import Synchronization

/// What is stored and not yet acknowledged by the broker: a position, and the newest ticks in memory.
final class FeedBacklog: Sendable {
  /// What to publish next.
  enum Batch: Sendable {
    /// These ticks, of whole steps.
    case inMemory([Tick])
    /// Those from a step on, to be read from storage.
    case inStorage(from: Int64)
  }

  private struct State {
    var isActive = false
    /// All ticks of earlier steps are acknowledged.
    var publishedStep: Int64 = 0
    /// Ticks of earlier steps are stored.
    var storedStep: Int64 = 0
    /// The newest stored ticks, without a gap up to `storedStep`.
    var buffer: Deque<Tick> = []
    /// The last acknowledged sequence of each symbol, where it may be beyond `publishedStep`.
    var acknowledged: [Symbol: Int64] = [:]
  }

  /// The most ticks held in memory; storage has them all.
  static let bufferLimit = 5_000
  /// The most ticks published at once, unless one step has more.
  static let batchLimit = 500

  private let state = Mutex(State())

  /// All ticks of earlier steps are acknowledged.
  var publishedStep: Int64 { state.withLock(\.publishedStep) }

  /// Starts at a step.
  func begin(at step: Int64, storedStep: Int64) {
    state.withLock { state in
      state = State(isActive: true, publishedStep: step, storedStep: storedStep)
    }
  }

  /// Hands out nothing any more.
  func end() {
    state.withLock { state in
      state.isActive = false
      state.buffer.removeAll()
    }
  }

  /// Adds ticks that were just stored.
  func append(_ ticks: [Tick], storedStep: Int64) {
    state.withLock { state in
      if state.buffer.count + ticks.count > Self.bufferLimit { state.buffer.removeAll() }
      state.buffer.append(contentsOf: ticks)
      state.storedStep = storedStep
    }
  }

  /// What to publish next; nil when all is acknowledged, or another replica publishes.
  func next() -> Batch? {
    state.withLock { state in
      guard state.isActive, state.publishedStep < state.storedStep else { return nil }
      while let first = state.buffer.first, first.step < state.publishedStep {
        state.buffer.removeFirst()
      }
      guard let first = state.buffer.first, first.step == state.publishedStep else {
        return .inStorage(from: state.publishedStep)
      }
      var end =
        state.buffer.index(
          state.buffer.startIndex, offsetBy: Self.batchLimit, limitedBy: state.buffer.endIndex)
        ?? state.buffer.endIndex
      // A step is published whole.
      while end < state.buffer.endIndex, state.buffer[end].step == state.buffer[end - 1].step {
        end += 1
      }
      return .inMemory(Array(state.buffer[..<end]))
    }
  }

  /// Those of the ticks that the broker has not acknowledged yet.
  func unacknowledged(_ ticks: [Tick]) -> [Tick] {
    let acknowledged = state.withLock(\.acknowledged)
    return ticks.filter { $0.quote.sequence > acknowledged[$0.quote.symbol, default: 0] }
  }

  /// Notes the outcome of publishing `due`, those of `ticks` that were not acknowledged before.
  ///
  /// The position moves up to the first step of which a tick failed.
  func settle(_ ticks: [Tick], _ due: [Tick], _ outcomes: [Bool]) {
    state.withLock { state in
      var failed: Set<Symbol> = []
      var failedStep: Int64?
      for (tick, isAcknowledged) in zip(due, outcomes) {
        let symbol = tick.quote.symbol
        if isAcknowledged, !failed.contains(symbol) {
          state.acknowledged[symbol] = tick.quote.sequence
        } else {
          // What follows a failed tick of the symbol is published again behind it.
          failed.insert(symbol)
          failedStep = min(failedStep ?? tick.step, tick.step)
        }
      }
      // Where nothing was left to read, what is stored is what counts.
      let end = ticks.last.map { $0.step + 1 } ?? state.storedStep
      state.publishedStep = max(state.publishedStep, failedStep ?? end)
    }
  }
}
