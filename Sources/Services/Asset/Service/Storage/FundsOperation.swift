import AssetDomain
import Core

/// One of the things that move an owner's money, whoever asks for it: a call or an event.
enum FundsOperation: Sendable {
  case reserve(Reserve)
  /// Also the end of an order.
  case adjust(AdjustReservation)
  case capture(Capture)
  case deposit(CreateDeposit)

  /// The order that it is about.
  var orderID: OrderID? {
    switch self {
    case .reserve(let reserve): reserve.orderID
    case .adjust(let adjust): adjust.orderID
    case .capture(let capture): capture.terms.orderID
    case .deposit: nil
    }
  }

  /// The assets that it may move beside those of the order's reservation.
  var assets: [AssetID] {
    switch self {
    case .reserve(let reserve): [reserve.terms.giveAsset]
    case .adjust, .capture: []
    case .deposit(let deposit): [deposit.money.asset]
    }
  }
}

/// How things stand after an operation, whether it changed anything or had been done before.
struct FundsOutcome: Sendable {
  var reservation: Reservation?
  var settlement: Settlement?
  var deposit: Deposit?
}
