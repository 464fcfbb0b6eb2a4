import MarketDataContract
import Protobuf
import Testing

@testable import Gateway
@testable import Transcoding

@Suite("Updates of a key are held back for an interval")
struct ConflationWindowTests {
  private func update(_ key: String, _ sequence: Int64) -> ChannelMessage {
    ChannelMessage(
      kind: .update, sequence: sequence, payload: MarketDataV1.Quote.with { $0.symbol = key },
      conflationKey: key)
  }

  private func admit(_ key: String, _ sequence: Int64, to window: inout ConflationWindow) -> Bool {
    window.admit(update(key, sequence), key)
  }

  @Test("The first goes out at once, the latest of each key at the end, in the order of the stream")
  func latest() {
    var window = ConflationWindow()
    #expect(admit("A", 1, to: &window))
    #expect(window.isOpen)
    for (index, key) in ["A", "B", "A", "C", "B"].enumerated() {
      #expect(!admit(key, Int64(index) + 2, to: &window))
    }
    #expect(window.count == 3)
    #expect(window.end().map(\.sequence) == [4, 5, 6])
    // What left together may not be followed at once.
    #expect(window.isOpen && window.count == 0)
    #expect(!admit("D", 7, to: &window))
    #expect(window.end().map(\.sequence) == [7])
  }

  @Test("A window without updates closes, and the next update goes out at once")
  func quiet() {
    var window = ConflationWindow()
    #expect(admit("A", 1, to: &window))
    #expect(window.end().isEmpty)
    #expect(!window.isOpen)
    #expect(admit("A", 2, to: &window))
  }

  @Test("A snapshot replaces what is held back")
  func snapshot() {
    var window = ConflationWindow()
    #expect(admit("A", 1, to: &window))
    #expect(!admit("A", 2, to: &window))
    window.clear()
    #expect(window.isOpen)
    #expect(window.end().isEmpty)
  }
}
