import Core
import TestSupport
import Testing

@testable import Mesh

@Suite struct EndedSessionsTests {
  private static func session(_ id: String, until seconds: Int64) -> EndedSession {
    EndedSession(id: id, tokensExpireAt: Instant(microseconds: seconds * 1_000_000))
  }

  @Test("what was told is known until the session's tokens expire, whatever list comes in between")
  func told() {
    let ended = EndedSessions()
    ended.add([Self.session("a", until: 100), Self.session("b", until: 200)], at: 50)
    #expect(ended.contains("a") && ended.contains("b") && !ended.contains("c"))
    // A list that was made before the session ended.
    #expect(ended.replace(by: ["c"], until: nil) == ["c"])
    #expect(ended.contains("a") && ended.contains("c"))
    ended.add([], at: 100)
    #expect(ended.contains("a"), "a token is good until its last second is over")
    ended.add([], at: 101)
    #expect(!ended.contains("a") && ended.contains("b"))
    #expect(ended.toldCount == 1)
  }

  @Test("what is kept is bounded: those whose tokens expire first make room")
  func bounded() {
    let ended = EndedSessions(maximumTold: 3)
    for number in 1...10 {
      ended.add([Self.session("\(number)", until: Int64(100 + number % 5))], at: 50)
      #expect(ended.toldCount <= 3)
    }
    #expect(ended.contains("9") && ended.contains("4"))
    #expect(!ended.contains("5"))
  }
}
