import AssetContract
import AuthContract
import Foundation
import MarketDataContract
import RPC
import TestSupport
import Testing
import TradingContract

/// The committed authorization policies: that Istio's kinds take them, and that they admit what the
/// contracts do.
@Suite struct AuthorizationPolicyTests {
  private static let path =
    "\(PythonPeer.repository)/deploy/kubernetes/istio/authorization-policies.yaml"

  /// The RPCs of each service of the mesh, by the name in its certificate.
  private static let services: [(name: String, methods: [MethodDescriptor])] = [
    ("asset", AssetV1.AssetServiceMethods.all),
    ("auth", AuthV1.AuthServiceMethods.all),
    ("marketdata", MarketDataV1.MarketDataServiceMethods.all),
    ("trading", TradingV1.TradingServiceMethods.all),
  ]

  /// Who may try: services, one that the contracts do not know, strangers, nobody.
  private static let principals: [String?] = [
    "alphintra/service/auth", "alphintra/service/gateway", "alphintra/service/marketdata",
    "alphintra/service/trading", "alphintra/service/reporting", "elsewhere/service/gateway",
    "alphintra/person/gateway", nil,
  ]

  private struct Call: Hashable {
    let workload: String
    let principal: String?
    let path: String
  }

  @Test("each RPC is admitted to the callers of its rule, and to nobody else")
  func admitsWhatTheContractsAdmit() async throws {
    var expected: [(call: Call, isAdmitted: Bool)] = []
    for (name, methods) in Self.services {
      for method in methods {
        for principal in Self.principals {
          let call = Call(workload: name, principal: principal, path: method.path)
          expected.append((call, method.access.callers.admits(principal)))
        }
      }
    }
    let answers = try await Self.answers(to: expected.map(\.call), policies: Self.path)
    #expect(answers.count == expected.count)
    for ((call, isAdmitted), answer) in zip(expected, answers) {
      #expect(answer == isAdmitted, "\(call)")
    }
    #expect(answers.contains(true) && answers.contains(false))
  }

  @Test("what no contract declares is denied, and the edge is open")
  func deniesTheRest() async throws {
    let gateway = "alphintra/service/gateway"
    let order = TradingV1.TradingServiceMethods.placeOrder.path
    let answers = try await Self.answers(
      to: [
        Call(workload: "trading", principal: gateway, path: "/alphintra.trading.v1.Other/Call"),
        Call(workload: "auth", principal: gateway, path: order),
        Call(workload: "postgres", principal: gateway, path: order),
        Call(workload: "gateway", principal: nil, path: "/api/orders"),
      ], policies: Self.path)
    #expect(answers == [false, false, false, true])
  }

  @Test(
    "a policy that Istio would not take is refused: the checks above can fail",
    arguments: [
      ("action: ALLOW", "action: PERMIT"), ("principals:", "principal:"),
      ("methods: [\"POST\"]", "methods: POST"), ("kind: AuthorizationPolicy", "kind: Policy"),
      ("name: trading\nspec", "name: auth\nspec"),
    ])
  func refusesWhatIstioRefuses(right: String, wrong: String) async throws {
    let text = try String(contentsOfFile: Self.path, encoding: .utf8)
    try #require(text.contains(right))
    let folder = try TemporaryFolder()
    let file = try folder.write("policies.yaml", text.replacing(right, with: wrong))
    await #expect(throws: PeerFailure.self) {
      try await Self.answers(to: [], policies: file)
    }
  }

  private static func answers(to calls: [Call], policies: String) async throws -> [Bool] {
    let questions = calls.map { [$0.workload, $0.principal as Any? ?? NSNull(), $0.path] }
    let output = try await PythonPeer.run(
      script: "authorization_policies.py", arguments: [policies],
      input: [UInt8](try JSONSerialization.data(withJSONObject: questions)))
    return try JSONDecoder().decode([Bool].self, from: Data(output))
  }
}

extension AccessRule.Callers {
  /// Whether the rule admits a principal as Istio writes it.
  fileprivate func admits(_ principal: String?) -> Bool {
    let peer = principal.map { PeerIdentity(spiffeID: "spiffe://\($0)") }
    return switch self {
    case .anyone: true
    case .mesh: peer?.service != nil
    case .services(let names): peer?.service.map(names.contains) ?? false
    }
  }
}
