public import Core

// What an order takes of its account: of its funds, and of its limits.
extension Order {
  /// What the account gives for it: a buyer money, a seller units.
  public var giveAsset: Asset {
    switch side {
    case .buy: quoteAsset
    case .sell: Asset(rawValue: symbol.rawValue)
    }
  }

  /// What the account takes for it.
  public var takeAsset: Asset {
    switch side {
    case .buy: Asset(rawValue: symbol.rawValue)
    case .sell: quoteAsset
    }
  }

  /// What its fills have cost.
  ///
  /// Within the range of a `Decimal`: it is no more than what may be given in all, which was
  /// computed before.
  var given: Decimal {
    switch side {
    case .buy: filledNotional + feesCharged
    case .sell: filledQuantity
    }
  }

  /// What the account must have given or set aside before the amendment under way is applied; nil
  /// without one.
  public var amendedTotal: Decimal? {
    guard let amendment else { return nil }
    do throws(DecimalError) { return try mostGiven(on: amendment) } catch {
      preconditionFailure("what an amendment may cost was computed when it was stored: \(error)")
    }
  }

  /// The most that the account may come to give for it on these terms, what its fills have cost
  /// included.
  func mostGiven(on terms: OrderTerms) throws(DecimalError) -> Decimal {
    switch side {
    case .buy:
      let worst = terms.limitPrice ?? protectionPrice ?? reservedPrice
      let leaves = try terms.quantity.value.subtracting(filledQuantity)
      let notional = try filledNotional.adding(worst.value.multiplied(by: leaves))
      return try notional.adding(max(fees.fee(on: notional), feesCharged))
    case .sell: return terms.quantity.value
    }
  }

  /// How much of it counts against the account's limits: what is left while it works, else nothing.
  ///
  /// With an amendment under way, whichever terms leave more.
  public var reservedQuantity: Decimal {
    guard isWorking else { return .zero }
    guard let amendment else { return leavesQuantity }
    return max(leavesQuantity, amendment.quantity.value - filledQuantity)
  }

  /// What it counts for in the account's open notional.
  public func reservedNotional() throws(DecimalError) -> Decimal {
    guard isWorking else { return .zero }
    let notional = try reservedPrice.value.multiplied(by: leavesQuantity)
    guard let amendment else { return notional }
    let price = amendment.limitPrice ?? reservedPrice
    let leaves = amendment.quantity.value - filledQuantity
    return max(notional, try price.value.multiplied(by: leaves))
  }
}
