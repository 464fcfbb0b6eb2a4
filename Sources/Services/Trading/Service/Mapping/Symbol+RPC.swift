import Core
import RPC
import TradingDomain

extension Symbol {
  /// Reads a filter by symbol, nil for all symbols.
  ///
  /// Any name may be asked for; one that cannot be a symbol is noted.
  static func filter(_ text: String, _ violations: inout [FieldViolation]) -> Symbol? {
    guard !text.isEmpty else { return nil }
    guard let symbol = try? Symbol(validating: text) else {
      violations.append(
        FieldViolation(
          field: "symbol",
          description: "is not 1 to \(maxUTF8Count) visible ASCII characters",
          reason: "MALFORMED"))
      return nil
    }
    return symbol
  }
}
