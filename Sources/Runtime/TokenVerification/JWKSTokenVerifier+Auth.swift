internal import AuthContract
public import Core
public import Mesh
public import RPC

extension JWKSTokenVerifier {
  /// A verifier of the access tokens of this platform, by the keys that its auth service publishes.
  ///
  /// - Parameter auth: the way to the auth service.
  public convenience init(
    auth: any RPCChannel, clock: any Core.Clock = SystemClock()
  ) {
    self.init(
      issuer: AccessTokenIssuer.name, audience: AccessTokenIssuer.audience, clock: clock
    ) {
      let keys = try await AuthV1.AuthServiceClient(auth).jwks(
        AuthV1.JwksRequest(), options: CallOptions(forwardsUser: false))
      let endedAge = keys.endedSessionsMaxAgeSeconds
      return KeySetDocument(
        json: keys.jwks, maximumAge: .seconds(Int64(keys.maxAgeSeconds)),
        endedSessions: Set(keys.endedSessionIDs),
        endedSessionsMaximumAge: endedAge > 0 ? .seconds(Int64(endedAge)) : nil)
    }
  }
}

/// Who makes this platform's access tokens, and for whom.
public enum AccessTokenIssuer {
  /// The issuer (`iss`).
  public static let name = "https://auth.alphintra"
  /// The audience (`aud`).
  public static let audience = "alphintra"
}
