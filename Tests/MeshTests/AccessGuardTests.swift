import Mesh
import RPC
import Synchronization
import Testing

@Suite struct AccessGuardTests {
  private let tokens = KnownTokens([
    "trader": UserIdentity(id: "u1", roles: [], expiresAt: .max, token: "trader"),
    "admin": UserIdentity(id: "u2", roles: ["admin"], expiresAt: .max, token: "admin"),
    "reader": UserIdentity(
      id: "u3", roles: [], scopes: ["read"], expiresAt: .max, token: "reader"),
    "owner": UserIdentity(
      id: "u4", roles: ["owner"], scopes: ["trade", "read", "withdraw"], assurance: .multiFactor,
      expiresAt: .max, token: "owner"),
    "hasty": UserIdentity(
      id: "u5", roles: ["owner"], scopes: ["trade", "read", "withdraw"], expiresAt: .max,
      token: "hasty"),
  ])
  private static let gateway = PeerIdentity(service: "gateway")
  private static let bearer: Metadata = ["authorization": "Bearer trader"]

  private func method(
    _ callers: AccessRule.Callers, _ user: AccessRule.UserRule
  ) -> MethodDescriptor {
    MethodDescriptor(
      service: "test.Service", method: "Act", kind: .unary,
      access: AccessRule(callers: callers, user: user))
  }

  /// Both ways of asking, which must agree: the immediate one either answers the same or nothing.
  private func ask(
    _ method: MethodDescriptor, peer: PeerIdentity?, _ metadata: Metadata = Metadata()
  ) async -> Result<UserIdentity?, RPCError> {
    let access = AccessGuard(verifier: tokens)
    let waited: Result<UserIdentity?, RPCError>
    do throws(RPCError) {
      waited = .success(try await access.authorize(method: method, peer: peer, metadata: metadata))
    } catch { waited = .failure(error) }
    do throws(RPCError) {
      if let grant = try access.authorizeNow(method: method, peer: peer, metadata: metadata) {
        #expect((try? waited.get()) == .some(grant.user))
      }
    } catch {
      #expect(waited.error?.errorInfo?.reason == error.errorInfo?.reason)
      #expect(waited.error?.code == error.code)
    }
    return waited
  }

  private func expectDenial(
    _ result: Result<UserIdentity?, RPCError>, _ code: StatusCode, _ reason: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(result.error?.code == code, sourceLocation: sourceLocation)
    #expect(result.error?.errorInfo?.reason == reason, sourceLocation: sourceLocation)
    #expect(
      result.error?.errorInfo?.domain == "mesh.alphintra.com", sourceLocation: sourceLocation)
  }

  // MARK: The caller

  @Test func anyoneMayCallWhatIsOpenToAnyone() async {
    #expect(await ask(method(.anyone, .none), peer: nil).user == .some(nil))
  }

  @Test(arguments: [AccessRule.Callers.mesh, .services(["gateway"])])
  func callerWithoutCertificateIsUnauthenticated(callers: AccessRule.Callers) async {
    expectDenial(
      await ask(method(callers, .none), peer: nil), .unauthenticated, "NO_CLIENT_CERTIFICATE")
    expectDenial(
      await ask(method(callers, .required(roles: [])), peer: nil, Self.bearer), .unauthenticated,
      "NO_CLIENT_CERTIFICATE")
  }

  @Test func namedServiceMayCall() async {
    let named = method(.services(["auth", "gateway"]), .none)
    #expect(await ask(named, peer: Self.gateway).user == .some(nil))
    #expect(await ask(method(.mesh, .none), peer: Self.gateway).user == .some(nil))
  }

  @Test(arguments: [
    "spiffe://alphintra/service/trading", "spiffe://alphintra/service/gatewa",
    "spiffe://alphintra/service/gateway/x", "spiffe://alphintra/service/Gateway",
    "spiffe://other/service/gateway", "spiffe://alphintra/gateway", "spiffe://alphintra", "gateway",
    "https://alphintra/service/gateway", "",
  ])
  func anyOtherIdentityIsDenied(id: String) async {
    expectDenial(
      await ask(method(.services(["gateway"]), .none), peer: PeerIdentity(spiffeID: id)),
      .permissionDenied, "CALLER_NOT_ALLOWED")
  }

  @Test(arguments: [
    "spiffe://other/service/gateway", "spiffe://alphintra/user/ada", "spiffe://alphintra/service/",
    "spiffe://alphintra/service/..", "spiffe://alphintra/service/a b",
    "spiffe://alphintra/service/a%2fb",
  ])
  func identityThatIsNoServiceOfTheMeshIsDenied(id: String) async {
    expectDenial(
      await ask(method(.mesh, .none), peer: PeerIdentity(spiffeID: id)), .permissionDenied,
      "CALLER_NOT_ALLOWED")
  }

  @Test func ruleThatNamesNobodyAdmitsNobody() async {
    expectDenial(
      await ask(method(.services([]), .none), peer: Self.gateway), .permissionDenied,
      "CALLER_NOT_ALLOWED")
  }

  // MARK: The user

  @Test func validCertificateWithoutUsersTokenIsRefused() async {
    expectDenial(
      await ask(method(.services(["gateway"]), .required(roles: [])), peer: Self.gateway),
      .unauthenticated, "TOKEN_MISSING")
  }

  @Test func tokenWithoutAllowedCallerIsRefused() async {
    expectDenial(
      await ask(
        method(.services(["gateway"]), .required(roles: [])),
        peer: PeerIdentity(service: "marketdata"), Self.bearer),
      .permissionDenied, "CALLER_NOT_ALLOWED")
  }

  @Test func validTokenNamesTheUser() async {
    let required = method(.services(["gateway"]), .required(roles: []))
    #expect(await ask(required, peer: Self.gateway, Self.bearer).user??.id == "u1")
    let lower: Metadata = ["authorization": "bearer trader"]
    #expect(await ask(required, peer: Self.gateway, lower).user??.id == "u1")
  }

  @Test func tokenIsNotLookedAtWhereNoUserIsNeeded() async {
    let nonsense: Metadata = ["authorization": "Bearer expired"]
    #expect(await ask(method(.mesh, .none), peer: Self.gateway, nonsense).user == .some(nil))
  }

  @Test(arguments: [
    "", "trader", "Basic dXNlcjpwYXNz", "Bearer", "Bearer ", "Bearer  trader", "Bearer trader ",
    "Bearer trader,Bearer admin", "Bearer tra\"der",
  ])
  func malformedAuthorizationIsRefused(text: String) async throws {
    var metadata = Metadata()
    try metadata.add("authorization", text)
    expectDenial(
      await ask(method(.mesh, .required(roles: [])), peer: Self.gateway, metadata),
      .unauthenticated, "TOKEN_INVALID")
  }

  @Test func twoAuthorizationsAreRefused() async throws {
    var metadata = Self.bearer
    try metadata.add("authorization", "Bearer trader")
    expectDenial(
      await ask(method(.mesh, .required(roles: [])), peer: Self.gateway, metadata),
      .unauthenticated, "TOKEN_INVALID")
  }

  @Test(arguments: [
    ("expired", StatusCode.unauthenticated, "TOKEN_EXPIRED"),
    ("forged", .unauthenticated, "TOKEN_INVALID"),
    ("unverifiable", .unavailable, "TOKEN_KEYS_UNAVAILABLE"),
  ])
  func refusedTokenSaysWhy(token: String, code: StatusCode, reason: String) async throws {
    var metadata = Metadata()
    try metadata.add("authorization", "Bearer \(token)")
    expectDenial(
      await ask(method(.mesh, .required(roles: [])), peer: Self.gateway, metadata), code, reason)
  }

  @Test func oneOfTheRolesIsEnough() async {
    let admins = method(.mesh, .required(roles: ["auditor", "admin"]))
    expectDenial(
      await ask(admins, peer: Self.gateway, Self.bearer), .permissionDenied, "ROLE_REQUIRED")
    let admin: Metadata = ["authorization": "Bearer admin"]
    #expect(await ask(admins, peer: Self.gateway, admin).user??.id == "u2")
  }

  /// A token, what a rule asks of it, and the reason of the refusal.
  static let needs: [(token: String, rule: AccessRule.UserRule, reason: String?)] = [
    ("trader", .required(), nil),
    ("trader", .required(scopes: ["read"]), "SCOPE_REQUIRED"),
    ("trader", .required(assurance: .multiFactor), "ASSURANCE_REQUIRED"),
    ("reader", .required(scopes: ["read"]), nil),
    ("reader", .required(scopes: ["trade"]), "SCOPE_REQUIRED"),
    ("reader", .required(scopes: ["read", "trade"]), "SCOPE_REQUIRED"),
    ("reader", .required(scopes: ["rea"]), "SCOPE_REQUIRED"),
    ("owner", .required(scopes: ["read", "trade"]), nil),
    ("owner", .required(roles: ["owner"], scopes: ["withdraw"], assurance: .multiFactor), nil),
    ("owner", .required(roles: ["admin"], scopes: ["withdraw"]), "ROLE_REQUIRED"),
    // What no other token of the user's would mend is told first.
    (
      "reader", .required(roles: ["owner"], scopes: ["withdraw"], assurance: .multiFactor),
      "ROLE_REQUIRED"
    ),
    ("hasty", .required(scopes: ["withdraw"], assurance: .singleFactor), nil),
    ("hasty", .required(scopes: ["deposit"], assurance: .multiFactor), "ASSURANCE_REQUIRED"),
    ("hasty", .none, nil),
  ]

  @Test("scopes are needed all, assurance is needed at least", arguments: needs)
  func scopesAndAssurance(
    token: String, rule: AccessRule.UserRule, reason: String?
  ) async throws {
    var metadata = Metadata()
    try metadata.add("authorization", "Bearer \(token)")
    let result = await ask(method(.mesh, rule), peer: Self.gateway, metadata)
    #expect(result.error?.errorInfo?.reason == reason)
    #expect((result.error == nil) == (reason == nil))
  }

  @Test func aRefusalSaysWhatTheTokenLacks() async throws {
    let scopes = await ask(
      method(.mesh, .required(scopes: ["read", "trade"])), peer: Self.gateway,
      ["authorization": "Bearer reader"])
    expectDenial(scopes, .permissionDenied, "SCOPE_REQUIRED")
    #expect(scopes.error?.errorInfo?.metadata == ["scope": "read trade"])
    let assurance = await ask(
      method(.mesh, .required(assurance: .multiFactor)), peer: Self.gateway,
      ["authorization": "Bearer hasty"])
    expectDenial(assurance, .unauthenticated, "ASSURANCE_REQUIRED")
    #expect(assurance.error?.errorInfo?.metadata == ["acr_values": "aal2"])
  }

  @Test func knownTokenNeedsNoWaiting() throws {
    let access = AccessGuard(verifier: tokens)
    let required = method(.mesh, .required(roles: []))
    #expect(
      try access.authorizeNow(method: required, peer: Self.gateway, metadata: Self.bearer)?
        .user?.id == "u1")
    // A token never seen is not judged at once.
    #expect(
      try access.authorizeNow(
        method: required, peer: Self.gateway, metadata: ["authorization": "Bearer new"]) == nil)
    #expect(
      try access.authorizeNow(
        method: method(.mesh, .none), peer: Self.gateway, metadata: Metadata())
        == AccessGrant(user: nil))
  }

  @Test func tokensNeverAppearInErrors() async throws {
    var metadata = Metadata()
    try metadata.add("authorization", "Bearer forged")
    let result = await ask(method(.mesh, .required(roles: [])), peer: Self.gateway, metadata)
    let error = try #require(result.error)
    #expect(!"\(error) \(error.details)".contains("forged"))
  }
}

/// A verifier that knows some tokens, and some ways to fail.
private struct KnownTokens: TokenVerifier {
  let users: [String: UserIdentity]

  init(_ users: [String: UserIdentity]) { self.users = users }

  func verifiedUser(of token: String) -> UserIdentity? { users[token] }

  func verify(_ token: String) async throws(TokenError) -> UserIdentity {
    if let user = users[token] { return user }
    switch token {
    case "expired": throw TokenError.expired(at: 1)
    case "unverifiable": throw TokenError.keysUnavailable("auth is down")
    default: throw TokenError.invalid(.signature)
    }
  }
}

extension Result {
  fileprivate var error: Failure? { if case .failure(let error) = self { error } else { nil } }
}

extension Result where Success == UserIdentity? {
  fileprivate var user: UserIdentity?? {
    if case .success(let user) = self { .some(user) } else { nil }
  }
}
