import RPC
import Testing

@Suite struct IdentityTests {
  @Test(arguments: [
    ("spiffe://alphintra/service/trading", "trading"),
    ("spiffe://alphintra/service/", nil),
    ("spiffe://alphintra/service/a/b", nil),
    ("spiffe://alphintra/user/trading", nil),
    ("spiffe://elsewhere/service/trading", nil),
    ("https://alphintra/service/trading", nil),
    ("xspiffe://alphintra/service/trading", nil),
  ])
  func onlyOurOwnServicesHaveAName(id: String, name: String?) {
    #expect(PeerIdentity(spiffeID: id).service == name)
  }

  @Test func doesNotPrintTheToken() {
    let user = UserIdentity(id: "u1", roles: ["trader"], expiresAt: 0, token: "secret")
    #expect("\(user)" == "user u1 [\"trader\"]")
  }
}
