import Core
import Testing

@testable import BrokerDomain

@Suite("RoutedOrderState")
struct RoutedOrderStateTests {
  /// Every state with every transition, written out: "-" is illegal.
  static let table = """
    state             accept  reject    fillPartially     fill    cancel    expire
    PENDING_NEW       OPEN    REJECTED  PARTIALLY_FILLED  FILLED  CANCELED  EXPIRED
    OPEN              -       -         PARTIALLY_FILLED  FILLED  CANCELED  EXPIRED
    PARTIALLY_FILLED  -       -         PARTIALLY_FILLED  FILLED  CANCELED  EXPIRED
    FILLED            -       -         -                 -       -         -
    CANCELED          -       -         -                 -       -         -
    REJECTED          -       -         -                 -       -         -
    EXPIRED           -       -         -                 -       -         -
    """

  @Test("every pair of state and transition leads where the table says")
  func wholeTable() throws {
    let rows = Self.table.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(rows[0].dropFirst().map(String.init) == RoutedOrderTransition.allCases.map { "\($0)" })
    #expect(rows.dropFirst().map { String($0[0]) } == RoutedOrderState.allCases.map(\.rawValue))
    var pairs = 0
    for row in rows.dropFirst() {
      let state = try #require(RoutedOrderState(rawValue: String(row[0])))
      for (transition, cell) in zip(RoutedOrderTransition.allCases, row.dropFirst()) {
        let expected = cell == "-" ? nil : RoutedOrderState(rawValue: String(cell))
        #expect((expected == nil) == (cell == "-"))
        #expect(state.after(transition) == expected, "\(state) \(transition)")
        pairs += 1
      }
    }
    #expect(pairs == 42)
  }

  @Test("a state is final exactly when nothing can follow")
  func finality() {
    for state in RoutedOrderState.allCases {
      let canMove = RoutedOrderTransition.allCases.contains { state.after($0) != nil }
      #expect(state.isFinal == !canMove)
    }
  }
}
