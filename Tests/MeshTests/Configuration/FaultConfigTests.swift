import RPC
import Testing

@testable import Mesh

@Suite struct FaultConfigTests {
  private func method(_ service: String, _ method: String) -> MethodDescriptor {
    MethodDescriptor(
      service: service, method: method, kind: .unary,
      access: AccessRule(callers: .anyone, user: .none))
  }

  @Test("each method gets what its most particular name says")
  func everythingIsRead() throws {
    let config = try FaultConfig(
      json: Array(
        """
        {"faultConfig": [
          {"name": [{}], "abort": {"grpcStatus": 14, "percentage": 0.5}},
          {"name": [{"service": "a.A"}], "delay": {"fixedDelay": "0.5s"}},
          {
            "name": [{"service": "a.A", "method": "Get"}],
            "delay": {"fixedDelay": "1s", "percentage": 10},
            "abort": {"grpcStatus": "ABORTED"}, "maxActiveFaults": 7
          }
        ]}
        """.utf8))
    func policies(_ descriptor: MethodDescriptor) -> [FaultPolicy] {
      config.injections.filter { $0.intercepts(descriptor) }.map(\.policy)
    }
    #expect(
      policies(method("a.A", "Get")) == [
        FaultPolicy(
          delay: .seconds(1), delayPercentage: 10, abort: .aborted, maximumActiveFaults: 7)
      ])
    #expect(policies(method("a.A", "List")) == [FaultPolicy(delay: .milliseconds(500))])
    #expect(
      policies(method("b.B", "Get")) == [FaultPolicy(abort: .unavailable, abortPercentage: 0.5)])
    #expect(FaultConfig().injections.isEmpty)
  }

  @Test(arguments: [
    (#"[]"#, ["must be an object, not []"]),
    (#"{"faults": []}"#, ["faults is nothing that a service config has"]),
    (
      #"{"faultConfig": [{"name": [{}]}]}"#,
      ["faultConfig[0] must have a delay, an abort or both"]
    ),
    (
      #"{"faultConfig": [{"abort": {"grpcStatus": "OK"}, "maxActiveFaults": 0}]}"#,
      [
        #"faultConfig[0].abort.grpcStatus must be a status that is a failure, such as "UNAVAILABLE", not "OK""#,
        "faultConfig[0].maxActiveFaults must be a whole number, 1 to 2147483647, not 0",
        "faultConfig[0].name must name at least one service or method",
      ]
    ),
    (
      #"{"faultConfig": [{"name": [{}], "delay": {"percentage": 101}}]}"#,
      [
        #"faultConfig[0].delay.fixedDelay must be seconds above 0 and an s, such as "1.5s""#,
        "faultConfig[0].delay.percentage must be a number above 0 and up to 100, not 101",
      ]
    ),
    (
      #"{"faultConfig": [{"name": [{}, {}], "abort": {"grpcStatus": 5}}]}"#,
      ["faultConfig[0].name must not name all methods a second time"]
    ),
  ])
  func whatIsWrongIsNamed(json: String, expected: [String]) {
    do throws(ServiceConfigError) {
      _ = try FaultConfig(json: Array(json.utf8))
      Issue.record("\(json) was to be refused")
    } catch { #expect(error.problems.map(\.description) == expected) }
  }
}
