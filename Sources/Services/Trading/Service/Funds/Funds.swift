import AssetContract
import Core
import Logging
import RPC
import TradingDomain

/// What orders hold of their accounts' funds, as asset management keeps it.
///
/// The service acts on its own authority: who finishes an order may be a resumer, which has no user's
/// token. Each call may be repeated: it is named by the order, and by its version.
struct Funds: Sendable {
  let client: AssetV1.AssetServiceClient
  let logger: Logger

  /// How long a call may take on which nothing depends but promptness.
  static let courtesyTimeout: Duration = .seconds(1)

  /// The most wallets that a page has.
  static let walletsPerPage: Int32 = 500

  /// What asset management says to an order's need.
  enum Answer {
    /// It is held.
    case held
    /// There is too little.
    case short(FundsShortage)
    /// The order is over: nothing is held for it, and never will be.
    case closed
  }

  /// Holds what an order may cost.
  ///
  /// - Throws: When it is not known whether it is held; the same call again finds out.
  func reserve(for order: Order) async throws -> Answer {
    var request = AssetV1.ReserveRequest()
    request.orderID = order.id.rawValue
    request.accountID = order.accountID.rawValue
    request.giveAsset = order.giveAsset.rawValue
    request.takeAsset = order.takeAsset.rawValue
    request.amount = order.reservationTotal
    do throws(RPCError) {
      _ = try await client.reserve(request, options: Self.options)
      return .held
    } catch {
      return try Self.answer(error)
    }
  }

  /// Raises what an order may cost to `total`, at its version.
  ///
  /// - Throws: When it is not known whether it is held; the same call again finds out.
  func raise(_ order: Order, to total: Decimal) async throws -> Answer {
    do throws(RPCError) {
      let reservation = try await client.adjustReservation(
        adjustment(order, total), options: Self.options)
      // Another total of this version or a later one is in force: it is not what is asked for.
      guard let held = reservation.total, held >= total else { return .closed }
      return .held
    } catch {
      return try Self.answer(error)
    }
  }

  /// The wallets of the user on whose behalf the call is made.
  func wallets() async throws -> [AssetV1.Wallet] {
    var wallets: [AssetV1.Wallet] = []
    var request = AssetV1.ListWalletsRequest()
    request.pageSize = Self.walletsPerPage
    repeat {
      let page = try await client.listWallets(request)
      wallets += page.wallets
      request.pageToken = page.nextPageToken
    } while !request.pageToken.isEmpty
    return wallets
  }

  /// Gives back what an order needs no more, at once.
  ///
  /// The order's event says the same, so nothing is lost when this is not heard.
  func settle(_ order: Order) async {
    do {
      if order.state.isFinal {
        var request = AssetV1.ReleaseRequest()
        request.orderID = order.id.rawValue
        request.accountID = order.accountID.rawValue
        request.version = order.version
        request.total = order.reservationTotal
        _ = try await client.release(request, options: Self.courtesy)
      } else {
        _ = try await client.adjustReservation(
          adjustment(order, order.reservationTotal), options: Self.courtesy)
      }
    } catch {
      logger.debug(
        "funds are given back by the order's event",
        metadata: ["order": "\(order.id)", "error": "\(error)"])
    }
  }

  private func adjustment(_ order: Order, _ total: Decimal) -> AssetV1.AdjustReservationRequest {
    var request = AssetV1.AdjustReservationRequest()
    request.orderID = order.id.rawValue
    request.accountID = order.accountID.rawValue
    request.version = order.version
    request.total = total
    return request
  }

  /// The reasons of asset management that are answers, as its README lists them.
  private enum Reasons {
    static let domain = "asset.alphintra.com"
    static let closed = "RESERVATION_CLOSED"
    static let insufficientFunds = "INSUFFICIENT_FUNDS"
  }

  private static let options = CallOptions(forwardsUser: false)
  private static let courtesy = CallOptions(timeout: courtesyTimeout, forwardsUser: false)

  /// What a refusal means; anything else is thrown on.
  private static func answer(_ error: RPCError) throws(RPCError) -> Answer {
    guard let info = error.errorInfo, info.domain == Reasons.domain else { throw error }
    switch info.reason {
    case Reasons.closed: return .closed
    case Reasons.insufficientFunds:
      guard let asset = info.metadata["asset"],
        let requested = info.metadata["requested"].flatMap({ try? Decimal($0) }),
        let available = info.metadata["available"].flatMap({ try? Decimal($0) })
      else { throw error }
      return .short(
        FundsShortage(
          asset: Asset(rawValue: asset), requested: requested, available: available))
    default: throw error
    }
  }
}
