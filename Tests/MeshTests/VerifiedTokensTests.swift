import RPC
import TestSupport
import Testing

@testable import Mesh

@Suite struct VerifiedTokensTests {
  private func user(_ token: String, until end: Int64 = 100) -> UserIdentity {
    UserIdentity(id: "user of \(token)", roles: [], expiresAt: end, token: token)
  }

  @Test func tokenIsKnownUntilItsEnd() {
    let tokens = VerifiedTokens(capacity: 10)
    tokens.insert(user("a"))
    #expect(tokens.user(of: "a", at: 99)?.id == "user of a")
    #expect(tokens.user(of: "a", at: 100) == nil)
    #expect(tokens.user(of: "b", at: 0) == nil)
  }

  @Test func anyNumberOfTokensTakesABoundedPlace() {
    let tokens = VerifiedTokens(capacity: 10)
    for index in 0..<1000 {
      tokens.insert(user("\(index)"))
      #expect(tokens.count <= 10)
      #expect(tokens.user(of: "\(index)", at: 0) != nil)
    }
  }

  @Test func tokenInUseStays() {
    let tokens = VerifiedTokens(capacity: 10)
    tokens.insert(user("used"))
    for index in 0..<1000 {
      tokens.insert(user("\(index)"))
      #expect(tokens.user(of: "used", at: 0) != nil, "after \(index)")
    }
  }

  @Test func theMostRecentHalfIsAlwaysKnown() {
    let tokens = VerifiedTokens(capacity: 10)
    var generator = SeededGenerator(seed: 9)
    var recent: [String] = []
    for _ in 0..<5000 {
      let token = "\(Int.random(in: 0..<30, using: &generator))"
      if tokens.user(of: token, at: 0) == nil { tokens.insert(user(token)) }
      recent.removeAll { $0 == token }
      recent.append(token)
      for known in recent.suffix(5) {
        // Looking itself counts as use, in the same order.
        #expect(tokens.user(of: known, at: 0) != nil)
      }
    }
  }

  @Test func forgettingForgetsAll() {
    let tokens = VerifiedTokens(capacity: 4)
    for index in 0..<4 { tokens.insert(user("\(index)")) }
    tokens.removeAll()
    #expect(tokens.count == 0)
  }
}
