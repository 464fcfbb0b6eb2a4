/// What a contract says about calling an RPC.
struct RPCRule: Sendable {
  /// The peers that may call.
  enum Callers: Sendable {
    case anyone
    /// Every service of the mesh.
    case mesh
    case only([String])
  }

  /// The end users that may call.
  enum Users: Sendable {
    /// No user is needed and a token is not looked at.
    case none
    /// Every user with a valid token.
    case any
    /// The users with one of the roles (none are named: all users), whose token grants all of the
    /// scopes, and who have shown two factors where the contract asks for that.
    case with(roles: [String] = [], scopes: [String] = [], twoFactors: Bool = false)
  }

  /// What repeating a call does.
  enum Repeating: Sendable {
    case unknown, idempotent, noSideEffects
  }

  let callers: Callers
  let user: Users
  let repeating: Repeating
  /// How long a call may take where the caller states nothing.
  let deadline: Duration?

  init(
    callers: Callers, user: Users, repeating: Repeating = .unknown, deadline: Duration? = nil
  ) {
    self.callers = callers
    self.user = user
    self.repeating = repeating
    self.deadline = deadline
  }

  /// Why a call is refused; nil when it is admitted.
  ///
  /// This is the contract's rule as these tests read it, told twice on purpose: here, and in the
  /// check that stands before every handler.
  func refusal(of caller: TestCaller, for user: TestUser) -> Refusal? {
    switch callers {
    case .anyone: break
    case .mesh, .only:
      guard caller.peer != nil else { return .noClientCertificate }
      guard let service = caller.service, isNamed(service) else { return .callerNotAllowed }
    }
    guard case .none = self.user else { return refusal(of: user) }
    return nil
  }

  private func isNamed(_ service: String) -> Bool {
    if case .only(let names) = callers { names.contains(service) } else { true }
  }

  private func refusal(of user: TestUser) -> Refusal? {
    guard let token = user.token else { return .tokenMissing }
    guard token != TestUser.forgedToken else { return .tokenInvalid }
    guard case .with(let roles, let scopes, let twoFactors) = self.user else { return nil }
    if !roles.isEmpty, user.roles.isDisjoint(with: roles) { return .roleRequired }
    if !user.scopes.isSuperset(of: scopes) { return .scopeRequired }
    if twoFactors, !user.hasTwoFactors { return .assuranceRequired }
    return nil
  }
}

/// Why a call is refused before its handler, with the reason that the caller reads.
enum Refusal: String, Sendable {
  case noClientCertificate = "NO_CLIENT_CERTIFICATE"
  case callerNotAllowed = "CALLER_NOT_ALLOWED"
  case tokenMissing = "TOKEN_MISSING"
  case tokenInvalid = "TOKEN_INVALID"
  case roleRequired = "ROLE_REQUIRED"
  case scopeRequired = "SCOPE_REQUIRED"
  case assuranceRequired = "ASSURANCE_REQUIRED"

  /// Whether who is calling is not proven; otherwise it is and does not suffice.
  var isUnauthenticated: Bool {
    switch self {
    case .noClientCertificate, .tokenMissing, .tokenInvalid, .assuranceRequired: true
    case .callerNotAllowed, .roleRequired, .scopeRequired: false
    }
  }
}
