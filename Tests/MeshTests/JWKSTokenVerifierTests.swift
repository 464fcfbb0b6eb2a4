import Core
import Mesh
import RPC
import Synchronization
import TestSupport
import Testing

@Suite struct JWKSTokenVerifierTests {
  private let issuer: TestTokenIssuer
  private let keySets: KeySets
  private let clock = ManualClock(SystemClock().now)
  private let verifier: JWKSTokenVerifier

  init() throws {
    issuer = try TestTokenIssuer.shared()
    let keySets = KeySets(try issuer.keySetJSON())
    self.keySets = keySets
    verifier = JWKSTokenVerifier(
      issuer: TestTokenIssuer.issuer, audience: TestTokenIssuer.audience, clock: clock
    ) { try keySets.fetch() }
  }

  private func expectRefusal(
    _ token: String, _ error: TokenError, sourceLocation: SourceLocation = #_sourceLocation
  ) async {
    await #expect(throws: error, sourceLocation: sourceLocation) {
      try await verifier.verify(token)
    }
    #expect(verifier.verifiedUser(of: token) == nil, sourceLocation: sourceLocation)
  }

  @Test(
    "a session that the issuer tells of is over at once, its other tokens too, and no other session"
  )
  func toldSessions() async throws {
    var claims = issuer.claims(for: "u1")
    claims.sessionID = "stolen"
    let remembered = try issuer.token(claims)
    claims.tokenID = "another"
    let unseen = try issuer.token(claims)
    claims.sessionID = "own"
    let own = try issuer.token(claims)
    for token in [remembered, own] { _ = try await verifier.verify(token) }
    verifier.refuse([
      EndedSession(
        id: "stolen", tokensExpireAt: Instant(microseconds: claims.expiresAt * 1_000_000))
    ])
    await expectRefusal(remembered, .invalid(.session))
    await expectRefusal(unseen, .invalid(.session))
    #expect(verifier.verifiedUser(of: own)?.sessionID == "own")
  }

  // MARK: Good tokens

  @Test func goodTokenNamesItsUserAndIsRemembered() async throws {
    let claims = issuer.claims(for: "u1", roles: ["admin", "analyst"])
    let token = try issuer.token(claims)
    #expect(verifier.verifiedUser(of: token) == nil)
    let user = try await verifier.verify(token)
    #expect(
      user
        == UserIdentity(
          id: "u1", roles: ["admin", "analyst"], scopes: ["read", "trade"],
          assurance: .singleFactor, expiresAt: claims.expiresAt, token: token))
    #expect(verifier.verifiedUser(of: token) == user)
  }

  @Test func audienceMayBeOneOfSeveral() async throws {
    var claims = issuer.claims(for: "u1")
    claims.audience = ["other", TestTokenIssuer.audience]
    #expect(try await verifier.verify(issuer.token(claims)).id == "u1")
  }

  @Test func timesMayHaveFractionsAndRolesMayBeMissing() async throws {
    let end = clock.now.seconds + 60
    let token = try issuer.token(
      payload: """
        {"iss":"https://auth.alphintra","aud":"alphintra","sub":"u1","exp":\(end).75,"iat":1.5}
        """)
    let user = try await verifier.verify(token)
    #expect(user.expiresAt == end)
    #expect(user.roles == [])
  }

  /// Members of a token, and the scopes and the assurance they prove.
  static let grants: [(members: String, scopes: [String], assurance: Assurance)] = [
    ("", [], .singleFactor),
    (#","scope":"""#, [], .singleFactor),
    (#","scope":"read""#, ["read"], .singleFactor),
    (#","scope":"read trade","acr":"aal1""#, ["read", "trade"], .singleFactor),
    (#","scope":" read  trade ","acr":"aal2""#, ["read", "trade"], .multiFactor),
    // What is not known proves no more than one factor.
    (#","acr":"AAL2""#, [], .singleFactor), (#","acr":"aal3""#, [], .singleFactor),
    (#","acr":"""#, [], .singleFactor), (#","acr":null,"scope":null"#, [], .singleFactor),
  ]

  @Test("scopes and assurance are what the token states", arguments: grants)
  func provesNoMore(members: String, scopes: [String], assurance: Assurance) async throws {
    let token = try issuer.token(
      payload: """
        {"iss":"https://auth.alphintra","aud":"alphintra","sub":"u1",\
        "exp":\(clock.now.seconds + 60)\(members)}
        """)
    let user = try await verifier.verify(token)
    #expect(user.scopes == scopes)
    #expect(user.assurance == assurance)
  }

  // MARK: Times

  @Test func tokenEndsAtItsEndEvenWhenRemembered() async throws {
    let claims = issuer.claims(for: "u1")
    let token = try issuer.token(claims)
    _ = try await verifier.verify(token)
    clock.set(to: Instant(microseconds: claims.expiresAt * 1_000_000 - 1))
    #expect(verifier.verifiedUser(of: token) != nil)
    clock.set(to: Instant(microseconds: claims.expiresAt * 1_000_000))
    await expectRefusal(token, .expired(at: claims.expiresAt))
  }

  @Test func tokenBeginsAtItsBeginning() async throws {
    var claims = issuer.claims(for: "u1")
    claims.notBefore = clock.now.seconds + JWKSTokenVerifier.clockSkewTolerance + 1
    let token = try issuer.token(claims)
    await expectRefusal(token, .invalid(.notBefore))
    clock.advance(by: .seconds(1))
    #expect(try await verifier.verify(token).id == "u1")
  }

  // MARK: Foreign and forged tokens (RFC 8725)

  @Test func tokenOfAnotherIssuerOrAudienceIsRefused() async throws {
    var claims = issuer.claims(for: "u1")
    claims.issuer = "https://auth.alphintra/"
    await expectRefusal(try issuer.token(claims), .invalid(.issuer))
    claims = issuer.claims(for: "u1")
    claims.audience = ["alphintr"]
    await expectRefusal(try issuer.token(claims), .invalid(.audience))
    claims.audience = []
    await expectRefusal(try issuer.token(claims), .invalid(.audience))
  }

  @Test(arguments: ["none", "None", "NONE", "nOnE", "HS256", "RS512", "PS256", "ES256", ""])
  func anotherAlgorithmIsRefused(algorithm: String) async throws {
    let claims = issuer.claims(for: "u1")
    for signing in [TestTokenIssuer.Signing.none, .key, .publicKeyAsSecret] {
      let token = try issuer.token(
        claims, header: issuer.header(algorithm: algorithm), signing: signing)
      await expectRefusal(token, .invalid(.algorithm))
    }
  }

  @Test func wrongSignaturesAreRefused() async throws {
    let claims = issuer.claims(for: "u1")
    for signing in [TestTokenIssuer.Signing.none, .publicKeyAsSecret] {
      await expectRefusal(try issuer.token(claims, signing: signing), .invalid(.signature))
    }
    let thief = try TestTokenIssuer(keyID: issuer.keyID)
    await expectRefusal(try thief.token(claims), .invalid(.signature))
  }

  @Test func noChangedByteIsAccepted() async throws {
    let token = Array(try issuer.token(for: "u1").utf8)
    _ = try await verifier.verify(String(decoding: token, as: UTF8.self))
    var generator = SeededGenerator(seed: 5)
    // The signature's last character carries two bits only: its other changes may mean the same.
    for index in token.indices.dropLast().shuffled(using: &generator).prefix(150) {
      var changed = token
      changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
      let text = String(decoding: changed, as: UTF8.self)
      await #expect(throws: TokenError.self, "byte \(index)") { try await verifier.verify(text) }
    }
  }

  @Test func claimsSwappedBetweenTokensAreRefused() async throws {
    let mine = try issuer.token(for: "u1").split(separator: ".")
    let theirs = try issuer.token(for: "u2").split(separator: ".")
    await expectRefusal("\(mine[0]).\(theirs[1]).\(mine[2])", .invalid(.signature))
  }

  @Test func keysInTheTokenAreIgnored() async throws {
    let thief = try TestTokenIssuer(keyID: "thief")
    let header = """
      {"alg":"RS256","typ":"at+jwt","kid":"thief","jwk":\(try thief.keyJSON()),\
      "jku":"https://thief.example/keys"}
      """
    await expectRefusal(
      try thief.token(thief.claims(for: "u1"), header: header), .invalid(.key))
  }

  @Test(arguments: [
    #"{"alg":"RS256","kid":"test-key"}"#,
    #"{"alg":"RS256","typ":"JWT","kid":"test-key"}"#,
    #"{"alg":"RS256","typ":"at+jwt","kid":"test-key","crit":["exp"]}"#,
    #"{"alg":"RS256","typ":"at+jwt","kid":"test-key","crit":"exp"}"#,
  ])
  func anotherTypeOrCriticalExtensionIsRefused(header: String) async throws {
    await expectRefusal(
      try issuer.token(issuer.claims(for: "u1"), header: header), .invalid(.type))
  }

  @Test(arguments: [
    #"{"alg":"RS256","typ":"at+jwt"}"#, #"{"alg":"RS256","typ":"at+jwt","kid":""}"#,
    #"{"alg":"RS256","typ":"at+jwt","kid":7}"#,
  ])
  func tokenWithoutKeyIDIsRefused(header: String) async throws {
    await expectRefusal(
      try issuer.token(issuer.claims(for: "u1"), header: header), .invalid(.key))
  }

  @Test(arguments: [
    "", ".", "..", "a.b.c", "....", "e30.e30.", "e30.e30.e30", "\u{0}.\u{0}.\u{0}",
    "eyJhbGciOiJSUzI1NiJ9", String(repeating: "[", count: 4000),
  ])
  func whatIsNoTokenIsRefused(text: String) async {
    await expectRefusal(text, .invalid(.form))
  }

  @Test(arguments: [
    #"{}"#, #"[]"#, #""u1""#, #"null"#, #"{"iss":1}"#,
    #"{"iss":"https://auth.alphintra","aud":"alphintra","sub":"u1"}"#,
    #"{"iss":"https://auth.alphintra","aud":"alphintra","sub":"u1","exp":"9999999999"}"#,
    #"{"iss":"https://auth.alphintra","aud":"alphintra","sub":"u1","exp":1e300}"#,
    #"{"iss":"https://auth.alphintra","aud":{},"sub":"u1","exp":9999999999}"#,
    #"{"iss":"https://auth.alphintra","aud":"alphintra","sub":7,"exp":9999999999}"#,
    #"{"iss":"https://auth.alphintra","aud":"alphintra","sub":"u1","exp":9999999999,"roles":"admin"}"#,
    #"{"iss":"https://auth.alphintra","aud":"alphintra","sub":"u1","exp":9999999999,"scope":["read"]}"#,
    #"{"iss":"https://auth.alphintra","aud":"alphintra","sub":"u1","exp":9999999999,"acr":2}"#,
  ])
  func signedClaimsOfTheWrongFormAreRefused(payload: String) async throws {
    await expectRefusal(try issuer.token(payload: payload), .invalid(.form))
  }

  @Test func tokenWithoutSubjectIsRefused() async throws {
    await expectRefusal(try issuer.token(for: ""), .invalid(.form))
  }

  @Test func oversizedTokenIsRefusedUnread() async throws {
    var claims = issuer.claims(for: "u1")
    claims.roles = [String(repeating: "r", count: JWKSTokenVerifier.maximumTokenBytes)]
    await expectRefusal(try issuer.token(claims), .invalid(.size))
    #expect(keySets.fetches == 0)
  }

  // MARK: Key sets

  @Test func keysAreFetchedOnceForAll() async throws {
    let tokens = try (0..<20).map { try issuer.token(for: "u\($0)") }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for token in tokens {
        group.addTask { _ = try await verifier.verify(token) }
      }
      try await group.waitForAll()
    }
    #expect(keySets.fetches == 1)
  }

  @Test func newKeyIsFetchedWhenItsTokenArrives() async throws {
    _ = try await verifier.verify(issuer.token(for: "u1"))
    let next = try TestTokenIssuer(keyID: "next")
    keySets.set("{\"keys\":[\(try issuer.keyJSON()),\(try next.keyJSON())]}")
    clock.advance(by: .seconds(11))
    #expect(try await verifier.verify(next.token(for: "u2")).id == "u2")
    #expect(keySets.fetches == 2)
  }

  @Test func unknownKeysDoNotSetThePaceOfFetching() async throws {
    _ = try await verifier.verify(issuer.token(for: "u1"))
    for index in 0..<50 {
      let token = try issuer.token(
        issuer.claims(for: "u1"), header: issuer.header(keyID: "unknown-\(index)"))
      await expectRefusal(token, .invalid(.key))
    }
    #expect(keySets.fetches == 1)
    clock.advance(by: .seconds(10))
    let token = try issuer.token(issuer.claims(for: "u1"), header: issuer.header(keyID: "another"))
    await expectRefusal(token, .invalid(.key))
    #expect(keySets.fetches == 2)
  }

  @Test func withoutKeysNothingIsAcceptedAndTheReasonIsKept() async throws {
    keySets.set(nil)
    let token = try issuer.token(for: "u1")
    await expectRefusal(token, .keysUnavailable("auth is down"))
    keySets.set(try issuer.keySetJSON())
    // Not tried again at once.
    await expectRefusal(token, .keysUnavailable("auth is down"))
    clock.advance(by: .seconds(10))
    #expect(try await verifier.verify(token).id == "u1")
  }

  @Test func oldKeysServeWhileNewOnesCannotBeHad() async throws {
    _ = try await verifier.verify(issuer.token(for: "u1"))
    keySets.set(nil)
    clock.advance(by: .seconds(400))
    #expect(try await verifier.verify(issuer.token(for: "u2")).id == "u2")
    #expect(keySets.fetches == 2)
  }

  @Test func withdrawnKeyEndsItsTokens() async throws {
    let token = try issuer.token(for: "u1")
    _ = try await verifier.verify(token)
    let next = try TestTokenIssuer(keyID: "next")
    keySets.set(try next.keySetJSON())
    clock.advance(by: .seconds(301))
    _ = try await verifier.verify(next.token(for: "u2"))
    await expectRefusal(token, .invalid(.key))
  }

  @Test(arguments: [
    "", "{}", "[]", #"{"keys":{}}"#, #"{"keys":[{}]}"#, String(repeating: " ", count: 70_000),
  ])
  func damagedKeySetIsNotAvailable(json: String) async throws {
    keySets.set(json)
    let token = try issuer.token(for: "u1")
    let error = await #expect(throws: TokenError.self) { try await verifier.verify(token) }
    guard case .keysUnavailable = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func keysForOtherUsesAreLeftOut() async throws {
    let good = try issuer.keyJSON()
    for (part, change) in [
      (#""use":"sig""#, #""use":"enc""#), (#""alg":"RS256""#, #""alg":"RS512""#),
      (#""kty":"RSA""#, #""kty":"EC""#), (#""e":"AQAB""#, #""e":"""#),
    ] {
      let changed = good.replacing(part, with: change)
      #expect(changed != good)
      keySets.set("{\"keys\":[\(changed)]}")
      clock.advance(by: .seconds(400))
      await expectRefusal(try issuer.token(for: "u1"), .invalid(.key))
    }
  }
}

/// The issuer's published key set, which a test may change; `nil` for an issuer that is down.
private final class KeySets: Sendable {
  private struct State {
    var json: String?
    var fetches = 0
  }
  private struct Down: Error, CustomStringConvertible { var description: String { "auth is down" } }

  private let state: Mutex<State>

  init(_ json: String) { state = Mutex(State(json: json)) }

  var fetches: Int { state.withLock { $0.fetches } }

  func set(_ json: String?) { state.withLock { $0.json = json } }

  func fetch() throws -> KeySetDocument {
    try state.withLock { state in
      state.fetches += 1
      guard let json = state.json else { throw Down() }
      return KeySetDocument(json: json, maximumAge: .seconds(300))
    }
  }
}
