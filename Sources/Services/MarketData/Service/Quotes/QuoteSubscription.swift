import DequeModule
import MarketDataDomain
import Synchronization

/// The ticks of some symbols for one reader, in order.
///
/// A reader that keeps up gets every tick. For one that does not, the buffer is cut down to the
/// latest tick of each symbol whenever it is full; the numbers of what it gets then have steps.
final class QuoteSubscription: Sendable {
  /// A tick, numbered as a message of the reader's stream: the snapshot is 1.
  struct Update: Sendable {
    let sequence: Int64
    let tick: Tick
  }

  private struct State {
    var buffer: Deque<Update> = []
    var lastSequence: Int64 = 1
    var isEnded = false
    var waiter: CheckedContinuation<Void, Never>?
  }

  /// The most ticks held for one reader; more than the 100 symbols that one may ask for.
  static let bufferLimit = 256

  private let symbols: Set<Symbol>
  private let state = Mutex(State())

  init(to symbols: Set<Symbol>) { self.symbols = symbols }

  /// Adds those of the ticks that are wanted.
  func offer(_ ticks: [Tick]) {
    let wanted = ticks.filter { symbols.contains($0.quote.symbol) }
    guard !wanted.isEmpty else { return }
    wake { state in
      for tick in wanted {
        if state.buffer.count == Self.bufferLimit { Self.conflate(&state.buffer) }
        state.lastSequence += 1
        state.buffer.append(Update(sequence: state.lastSequence, tick: tick))
      }
    }
  }

  /// Ends the reading at once.
  func end() {
    wake { state in
      state.isEnded = true
      state.buffer.removeAll()
    }
  }

  /// The next update; nil when the subscription has ended or the task is cancelled.
  ///
  /// For one reader at a time.
  func next() async -> Update? {
    while true {
      let (update, isEnded) = state.withLock { ($0.buffer.popFirst(), $0.isEnded) }
      if let update { return update }
      if isEnded || Task.isCancelled { return nil }
      await withTaskCancellationHandler {
        await withCheckedContinuation { continuation in
          let mustWait = state.withLock { state in
            guard state.buffer.isEmpty, !state.isEnded, !Task.isCancelled else { return false }
            precondition(state.waiter == nil, "one reader a subscription")
            state.waiter = continuation
            return true
          }
          if !mustWait { continuation.resume() }
        }
      } onCancel: {
        end()
      }
    }
  }

  /// Keeps the latest tick of each symbol, in order.
  private static func conflate(_ buffer: inout Deque<Update>) {
    var seen: Set<Symbol> = []
    let kept = buffer.reversed().filter { seen.insert($0.tick.quote.symbol).inserted }
    buffer = Deque(kept.reversed())
  }

  private func wake(_ change: (inout State) -> Void) {
    let waiter = state.withLock { state in
      change(&state)
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume()
  }
}
