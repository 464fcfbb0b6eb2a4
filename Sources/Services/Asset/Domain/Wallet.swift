public import Core

/// What an account has of one asset.
public struct Wallet: Hashable, Sendable {
  /// What is counted.
  public let asset: AssetID
  /// What may be spent: never negative.
  public private(set) var available: Decimal
  /// What orders hold: never negative.
  public private(set) var reserved: Decimal
  /// When it last changed; nil for one that nothing ever moved in.
  public private(set) var updatedAt: Instant?

  /// A wallet as it was read back from storage.
  public init(asset: AssetID, available: Decimal, reserved: Decimal, updatedAt: Instant?) {
    self.asset = asset
    self.available = available
    self.reserved = reserved
    self.updatedAt = updatedAt
  }

  /// A wallet that nothing ever moved in.
  public init(empty asset: AssetID) {
    self.init(asset: asset, available: .zero, reserved: .zero, updatedAt: nil)
  }

  /// The sum of both parts; what is posted keeps it in range.
  public var total: Decimal { available + reserved }

  /// Adds a posting to one of its parts, or throws and stays as it is.
  mutating func apply(_ posting: Posting, at now: Instant) throws(FundsRejection) {
    let amount = posting.money.amount
    var after = self
    do throws(DecimalError) {
      switch posting.ledgerAccount {
      case .available: after.available = try available.adding(amount)
      case .reserved: after.reserved = try reserved.adding(amount)
      case .venue, .fees, .external: return
      }
      _ = try after.available.adding(after.reserved)
    } catch {
      throw .outOfRange(asset)
    }
    guard !after.available.isNegative else {
      throw .insufficientFunds(asset, requested: -amount, available: available)
    }
    guard !after.reserved.isNegative else {
      throw .exceedsReservation(Money(asset: asset, amount: -amount), held: reserved)
    }
    after.updatedAt = now
    self = after
  }
}
