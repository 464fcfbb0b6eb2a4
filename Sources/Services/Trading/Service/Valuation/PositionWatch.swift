import Core
import Events
import ServiceKit
import Synchronization
import TradingContract
import TradingDomain

/// Keeps an account's positions up to date for one subscriber: read again when an order event says that
/// they have changed.
final class PositionWatch: Sendable {
  private struct State {
    var positions: [Symbol: Position] = [:]
    var isStale = true
  }

  private let account: AccountID
  private let ledger: Ledger
  private let subscription: EventSubscription<TradingV1.OrderEvent>
  private let state = Mutex(State())

  init(
    _ account: AccountID, ledger: Ledger,
    events: EventBroadcast<TradingV1.OrderEvent>
  ) {
    self.account = account
    self.ledger = ledger
    // Before anything is read: what happens meanwhile is told.
    subscription = events.subscribe(to: account.rawValue)
  }

  /// Follows the account's order events until the service stops or the task is cancelled.
  func follow() async throws {
    let (_, sequence) = try await ledger.allPositions(of: account)
    for try await envelope in subscription.events(after: sequence) {
      switch envelope.event.eventType {
      case .filled, .partiallyFilled: state.withLock { $0.isStale = true }
      default: break
      }
    }
  }

  /// The positions as they are.
  func positions() async throws -> [Symbol: Position] {
    let known: [Symbol: Position]? = state.withLock { state in
      defer { state.isStale = false }
      return state.isStale ? nil : state.positions
    }
    if let known { return known }
    do {
      let (positions, _) = try await ledger.allPositions(of: account)
      state.withLock { $0.positions = positions }
      return positions
    } catch {
      state.withLock { $0.isStale = true }
      throw error
    }
  }
}
