import Core
import Testing

@testable import TradingDomain

@Suite("OrderState")
struct OrderStateTests {
  /// Every state with every transition, written out: "-" is illegal.
  static let table = """
    state             submit       route        open  reject    fillPartially     fill    requestCancel   cancel    expire   amend             hold             resume  resumePartiallyFilled
    NEW               PENDING_NEW  -            -     REJECTED  -                 -       -               -         -        -                 -                -       -
    PENDING_NEW       -            PENDING_NEW  OPEN  REJECTED  PARTIALLY_FILLED  FILLED  PENDING_CANCEL  CANCELED  EXPIRED  -                 -                -       -
    OPEN              -            -            -     -         PARTIALLY_FILLED  FILLED  PENDING_CANCEL  CANCELED  EXPIRED  OPEN              PENDING_REPLACE  -       -
    PARTIALLY_FILLED  -            -            -     -         PARTIALLY_FILLED  FILLED  PENDING_CANCEL  CANCELED  EXPIRED  PARTIALLY_FILLED  PENDING_REPLACE  -       -
    PENDING_REPLACE   -            -            -     -         -                 -       -               CANCELED  EXPIRED  -                 -                OPEN    PARTIALLY_FILLED
    PENDING_CANCEL    -            -            -     REJECTED  PENDING_CANCEL    FILLED  -               CANCELED  EXPIRED  -                 -                -       -
    FILLED            -            -            -     -         -                 -       -               -         -        -                 -                -       -
    CANCELED          -            -            -     -         -                 -       -               -         -        -                 -                -       -
    REJECTED          -            -            -     -         -                 -       -               -         -        -                 -                -       -
    EXPIRED           -            -            -     -         -                 -       -               -         -        -                 -                -       -
    """

  @Test("every pair of state and transition leads where the table says")
  func wholeTable() throws {
    let rows = Self.table.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(rows[0].dropFirst().map(String.init) == OrderTransition.allCases.map { "\($0)" })
    #expect(rows.dropFirst().map { String($0[0]) } == OrderState.allCases.map(\.rawValue))
    var pairs = 0
    for row in rows.dropFirst() {
      let state = try #require(OrderState(rawValue: String(row[0])))
      for (transition, cell) in zip(OrderTransition.allCases, row.dropFirst()) {
        let expected = cell == "-" ? nil : OrderState(rawValue: String(cell))
        #expect((expected == nil) == (cell == "-"))
        #expect(state.after(transition) == expected, "\(state) \(transition)")
        pairs += 1
      }
    }
    #expect(pairs == 130)
  }

  @Test("a state is final exactly when nothing can follow")
  func finality() {
    for state in OrderState.allCases {
      let canMove = OrderTransition.allCases.contains { state.after($0) != nil }
      #expect(state.isFinal == !canMove)
    }
  }

  @Test("an order moves along the table and counts its changes, or stays exactly as it was")
  func orders() throws {
    for state in OrderState.allCases {
      for transition in OrderTransition.allCases {
        let before = try Make.order(.buy, "10", at: "5", state: state)
        var order = before
        let later = Make.now + .seconds(1)
        if let next = state.after(transition) {
          try order.apply(transition, at: later)
          #expect(order.state == next)
          #expect(order.version == before.version + 1)
          #expect(order.updatedAt == later)
        } else {
          #expect(throws: IllegalTransition(state: state, transition: transition)) {
            try order.apply(transition, at: later)
          }
          #expect(order == before)
        }
      }
    }
  }
}
