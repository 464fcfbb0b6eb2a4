import Core
import Postgres
import ProcessKit
import ServiceKit
import TradingDomain

/// Books what the venue plans: order, trade, position and events change in one transaction.
struct FillBooking: Sendable {
  let ledger: Ledger
  let outbox: Outbox
  let clock: any Core.Clock
  let crashPoints: CrashPoints

  /// What became of a planned execution.
  enum Outcome {
    /// It is stored; this is the order after it.
    case booked(Order)
    /// It was stored before, by this venue: nothing changes.
    case repeated
    /// Nothing is stored: the order has changed since it was planned, or no row can hold the result.
    case refused(String)
    /// Nothing is stored: another replica matches.
    case leaseLost
  }

  /// Books an execution, once however often it is asked to.
  func book(_ planned: PaperExecution, epoch: Int64) async throws -> Outcome {
    let outcome: Outcome
    do {
      outcome = try await bookOnce(planned, epoch: epoch)
    } catch let error as PostgresError where error.wouldComeAgain {
      return .refused("\(error)")
    }
    if case .booked = outcome { crashPoints.reach(.fillCommitted) }
    return outcome
  }

  private func bookOnce(_ planned: PaperExecution, epoch: Int64) async throws -> Outcome {
    let execution = planned.execution
    return try await ledger.database.transactionUntilKnown { transaction throws -> Outcome in
      switch try await ledger.lock(
        filling: planned, as: execution.venueTradeID, epoch: epoch, in: transaction)
      {
      case .leaseLost: return .leaseLost
      case .booked: return .repeated
      case .orderUnknown: return .refused("there is no such order")
      case .ready(let account, let order):
        let now = clock.now
        let change: Change
        do throws(FillRejection) {
          change = try FillOrder.decide(
            execution, of: order, in: account, tradeID: TradeID(UUIDv7.make(now: now)), at: now)
        } catch {
          return .refused("\(error)")
        }
        ledger.update(change, tellsVenue: false, in: transaction)
        outbox.append(change, at: now, in: transaction)
        crashPoints.reach(.fillBeforeCommit)
        return .booked(change.order)
      }
    }
  }
}

extension PostgresError {
  /// Whether the same values would be refused again: they cannot be read, or break a constraint.
  fileprivate var wouldComeAgain: Bool {
    guard !outcomeUnknown else { return false }
    return switch code {
    case .decodingFailed, .invalidParameter: true
    default: code.sqlStateClass == "22" || code.sqlStateClass == "23"
    }
  }
}
