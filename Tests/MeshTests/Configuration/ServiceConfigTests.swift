import RPC
import Testing

@testable import Mesh

@Suite struct ServiceConfigTests {
  private func read(_ json: String) throws -> ServiceConfig {
    try ServiceConfig(json: Array(json.utf8))
  }

  private func problems(_ json: String) -> [String] {
    do throws(ServiceConfigError) {
      _ = try ServiceConfig(json: Array(json.utf8))
      return []
    } catch {
      return error.problems.map(\.description)
    }
  }

  private func method(
    _ service: String, _ method: String, _ idempotency: MethodDescriptor.Idempotency = .idempotent
  ) -> MethodDescriptor {
    MethodDescriptor(
      service: service, method: method, kind: .unary, idempotency: idempotency,
      access: AccessRule(callers: .anyone, user: .none))
  }

  @Test func everythingIsRead() throws {
    let config = try read(
      """
      {
        "loadBalancingConfig": [{"from_the_future": {"a": 1}}, {"round_robin": {}}],
        "methodConfig": [
          {
            "name": [{"service": "a.A", "method": "Get"}, {"service": "b.B"}],
            "timeout": "1.5s", "waitForReady": true,
            "retryPolicy": {
              "maxAttempts": 4, "initialBackoff": ".1s", "maxBackoff": "1s",
              "backoffMultiplier": 2, "retryableStatusCodes": ["UNAVAILABLE", "aborted", 4]
            }
          },
          {"name": [{}], "retryPolicy": {"maxAttempts": 1}}
        ],
        "retryThrottling": {"maxTokens": 100, "tokenRatio": 0.1},
        "retryBudget": {"ratio": 0.1, "minRetriesPerSecond": 5},
        "maxConcurrentRequests": 7
      }
      """)
    #expect(config.balancing == .roundRobin)
    #expect(config.retryThrottling == RetryThrottling(maximumTokens: 100, milliRatio: 100))
    #expect(config.retryBudget == RetryBudgeting(ratio: 0.1, retriesPerSecond: 5))
    #expect(config.maximumCallsPerReplica == 7)
    #expect(config.methods.count == 3)
    let policy = RetryPolicy(
      maximumAttempts: 4, initialBackoff: .milliseconds(100), maximumBackoff: .seconds(1),
      backoffMultiplier: 2, retryableCodes: [.unavailable, .aborted, .deadlineExceeded])
    for found in [config.method(method("a.A", "Get")), config.method(method("b.B", "Any"))] {
      #expect(found?.timeout == .seconds(1.5))
      #expect(found?.waitsForReady == true)
      #expect(found?.retrying == .policy(policy))
    }
    #expect(config.method(method("a.A", "Put"))?.retrying == .never)
  }

  @Test func nothingIsNeeded() throws {
    #expect(try read("{}") == ServiceConfig())
    #expect(try read(#"{"methodConfig": [], "retryThrottling": null}"#) == ServiceConfig())
    #expect(ServiceConfig().method(method("a.A", "Get")) == nil)
  }

  @Test func outlierDetectionIsRead() throws {
    let config = try read(
      """
      {"outlierDetection": {
        "interval": "5s", "baseEjectionTime": "15s", "maxEjectionTime": "60s",
        "maxEjectionPercent": 50,
        "successRateEjection": {
          "stdevFactor": 1500, "enforcementPercentage": 10, "minimumHosts": 3, "requestVolume": 20
        },
        "failurePercentageEjection": {
          "threshold": 60, "enforcementPercentage": 90, "minimumHosts": 2, "requestVolume": 30
        },
        "consecutiveFailureEjection": {"threshold": 9}
      }}
      """)
    var expected = OutlierDetection()
    expected.interval = .seconds(5)
    expected.baseEjectionTime = .seconds(15)
    expected.maximumEjectionTime = .seconds(60)
    expected.maximumEjectionPercent = 50
    expected.successRate = .init()
    expected.successRate?.deviationFactor = 1_500
    expected.successRate?.enforcementPercentage = 10
    expected.successRate?.minimumReplicas = 3
    expected.successRate?.callVolume = 20
    expected.failurePercentage = .init()
    expected.failurePercentage?.threshold = 60
    expected.failurePercentage?.enforcementPercentage = 90
    expected.failurePercentage?.minimumReplicas = 2
    expected.failurePercentage?.callVolume = 30
    expected.consecutiveFailures = .init()
    expected.consecutiveFailures?.threshold = 9
    #expect(config.outlierDetection == expected)
  }

  @Test("without a word all three look, with their usual values; what has no member does not")
  func outlierDetectionIsOnUnlessTurnedOff() throws {
    let usual = try read("{}").outlierDetection
    #expect(usual.successRate?.minimumReplicas == 5 && usual.successRate?.callVolume == 100)
    #expect(usual.successRate?.deviationFactor == 1_900)
    #expect(usual.failurePercentage?.threshold == 85 && usual.failurePercentage?.callVolume == 50)
    #expect(usual.consecutiveFailures?.threshold == 5 && usual.isOn)
    #expect(try !read(#"{"outlierDetection": {}}"#).outlierDetection.isOn)
    let one = try read(#"{"outlierDetection": {"successRateEjection": {}}}"#).outlierDetection
    #expect(one.successRate == .init() && one.isOn)
    #expect(one.failurePercentage == nil && one.consecutiveFailures == nil)
  }

  @Test(arguments: [
    (#""maxEjectionPercent": 101"#, "maxEjectionPercent must be a whole number, 0 to 100, not 101"),
    (#""interval": "0s""#, "interval must be seconds above 0 and an s"),
    (#""maxEjectionTime": "-1s""#, "maxEjectionTime must be seconds above 0 and an s"),
    (#""childPolicy": []"#, "childPolicy is nothing that a service config has"),
    (
      #""successRateEjection": {"threshold": 1}"#,
      "successRateEjection.threshold is nothing that a service config has"
    ),
    (
      #""failurePercentageEjection": {"threshold": 101}"#,
      "failurePercentageEjection.threshold must be a whole number, 0 to 100, not 101"
    ),
    (
      #""failurePercentageEjection": {"enforcementPercentage": -1}"#,
      "failurePercentageEjection.enforcementPercentage must be a whole number, 0 to 100, not -1"
    ),
    (
      #""consecutiveFailureEjection": {"threshold": 0}"#,
      "consecutiveFailureEjection.threshold must be a whole number, 1 to 2147483647, not 0"
    ),
    (#""consecutiveFailureEjection": 5"#, "consecutiveFailureEjection must be an object, not 5"),
  ])
  func whatIsWrongWithOutlierDetectionIsNamed(member: String, message: String) {
    let problems = problems(#"{"outlierDetection": {\#(member)}}"#)
    #expect(problems.count == 1)
    #expect(problems.first?.hasPrefix("outlierDetection.\(message)") == true, "\(problems)")
  }

  @Test func nearestNameCounts() throws {
    let config = try read(
      """
      {"methodConfig": [
        {"name": [{"service": "a.A", "method": "Get"}], "timeout": "1s"},
        {"name": [{"service": "a.A"}], "timeout": "2s"},
        {"name": [{"service": ""}], "timeout": "3s"}
      ]}
      """)
    #expect(config.method(method("a.A", "Get"))?.timeout == .seconds(1))
    #expect(config.method(method("a.A", "Put"))?.timeout == .seconds(2))
    #expect(config.method(method("a.AA", "Get"))?.timeout == .seconds(3))
  }

  @Test func onlyWhatTheContractLetsTakeEffectTwiceIsRetried() throws {
    let config = try read(
      """
      {"methodConfig": [{"name": [{"service": "a.A"}], "retryPolicy": {
        "maxAttempts": 9, "initialBackoff": "1s", "maxBackoff": "1s", "backoffMultiplier": 1,
        "retryableStatusCodes": ["ABORTED"]}}]}
      """)
    for (idempotency, isRetried) in [
      (MethodDescriptor.Idempotency.unknown, false), (.idempotent, true), (.noSideEffects, true),
    ] {
      let configured = method("a.A", "Get", idempotency)
      let policy = config.retryPolicy(configured, config.method(configured))
      #expect((policy != nil) == isRetried)
      // More attempts than there can be are as many as there can be (gRFC A6).
      #expect(policy?.maximumAttempts == (isRetried ? 5 : nil))
      let other = method("b.B", "Get", idempotency)
      #expect(
        config.retryPolicy(other, config.method(other)) == (isRetried ? .standard : nil))
    }
  }

  @Test(arguments: [
    ("", "the file must be JSON"), ("[]", "must be an object, not []"),
    (#"{"methodConfig": {}}"#, "methodConfig must be an array, not {}"),
    (#"{"methodConfigs": []}"#, "methodConfigs is nothing that a service config has"),
    (#"{"methodConfig": [1]}"#, "methodConfig[0] must be an object, not 1"),
    (#"{"methodConfig": [{}]}"#, "methodConfig[0].name must name at least one service or method"),
    (
      #"{"methodConfig": [{"name": [{"method": "Get"}]}]}"#,
      "methodConfig[0].name[0].service must be there where a method is"
    ),
    (
      #"{"methodConfig": [{"name": [{"service": "a.A"}]}, {"name": [{"service": "a.A"}]}]}"#,
      "methodConfig[1].name must not name a.A a second time"
    ),
    (
      #"{"methodConfig": [{"name": [{}], "timeout": 5}]}"#,
      #"methodConfig[0].timeout must be seconds above 0 and an s, such as "1.5s", not 5"#
    ),
    (
      #"{"methodConfig": [{"name": [{}], "timeout": "0s"}]}"#,
      #"methodConfig[0].timeout must be seconds above 0 and an s, such as "1.5s", not "0s""#
    ),
    (
      #"{"methodConfig": [{"name": [{}], "waitForReady": "yes"}]}"#,
      #"methodConfig[0].waitForReady must be true or false, not "yes""#
    ),
    (
      #"{"methodConfig": [{"name": [{}], "hedgingPolicy": {}}]}"#,
      "methodConfig[0].hedgingPolicy is nothing that a service config has"
    ),
    (
      #"{"loadBalancingConfig": [{"grpclb": {}}]}"#,
      "loadBalancingConfig must have one of pick_first, round_robin, p2c_peak_ewma"
    ),
    (
      #"{"loadBalancingConfig": [{"round_robin": {}, "pick_first": {}}]}"#,
      "loadBalancingConfig[0] must have one member, the name of a policy"
    ),
    (
      #"{"loadBalancingConfig": [{"round_robin": {"speed": 1}}]}"#,
      "loadBalancingConfig[0].round_robin.speed is nothing that a service config has"
    ),
    (
      #"{"retryThrottling": {"maxTokens": 1001, "tokenRatio": 0.1}}"#,
      "retryThrottling.maxTokens must be a whole number, 1 to 1000, not 1001"
    ),
    (
      #"{"retryThrottling": {"maxTokens": 10}}"#,
      "retryThrottling.tokenRatio must be a number above 0 and up to 1,000"
    ),
    (
      #"{"retryBudget": {"ratio": 0}}"#,
      "retryBudget.ratio must be a number above 0 and up to 10, not 0"
    ),
    (#"{"retryBudget": {}, "retryBudget": {}}"#, "the file must be JSON"),
    (
      #"{"maxConcurrentRequests": 0}"#,
      "maxConcurrentRequests must be a whole number, 1 to 2147483647, not 0"
    ),
  ])
  func whatIsWrongIsNamed(json: String, message: String) {
    let problems = problems(json)
    #expect(problems.first?.hasPrefix(message) == true, "\(problems)")
  }

  @Test(arguments: [
    (#""maxAttempts": 0"#, "maxAttempts must be a whole number, 1 to 2147483647, not 0"),
    (#""maxAttempts": 2.5"#, "maxAttempts must be a whole number, 1 to 2147483647, not 2.5"),
    (#""initialBackoff": "1""#, "initialBackoff must be seconds above 0 and an s"),
    (#""maxBackoff": "-1s""#, "maxBackoff must be seconds above 0 and an s"),
    (#""backoffMultiplier": 0"#, "backoffMultiplier must be a number above 0"),
    (#""retryableStatusCodes": []"#, "retryableStatusCodes must have at least one code"),
    (#""retryableStatusCodes": "UNAVAILABLE""#, "retryableStatusCodes must be an array"),
    (
      #""retryableStatusCodes": ["OK"]"#,
      #"retryableStatusCodes[0] must be a status that is a failure, such as "UNAVAILABLE", not "OK""#
    ),
    (#""retryableStatusCodes": ["NO"]"#, "retryableStatusCodes[0] must be a status"),
    (#""retryableStatusCodes": [17]"#, "retryableStatusCodes[0] must be a status"),
    (
      #""perAttemptRecvTimeout": "1s""#,
      "perAttemptRecvTimeout is nothing that a service config has"
    ),
  ])
  func whatIsWrongWithAPolicyIsNamed(change: String, message: String) {
    let members = [
      #""maxAttempts": 4"#, #""initialBackoff": "0.1s""#, #""maxBackoff": "1s""#,
      #""backoffMultiplier": 2"#, #""retryableStatusCodes": ["UNAVAILABLE"]"#,
    ]
    let name = change.prefix { $0 != ":" }
    let policy = (members.filter { !$0.hasPrefix(name) } + [change]).joined(separator: ", ")
    let problems = problems(#"{"methodConfig": [{"name": [{}], "retryPolicy": {\#(policy)}}]}"#)
    #expect(problems.count == 1, "\(problems)")
    #expect(
      problems.first?.hasPrefix("methodConfig[0].retryPolicy.\(message)") == true, "\(problems)")
    // What is required and missing is named, too.
    guard members.contains(where: { $0.hasPrefix(name) }) else { return }
    let rest = members.filter { !$0.hasPrefix(name) }.joined(separator: ", ")
    #expect(
      self.problems(#"{"methodConfig": [{"name": [{}], "retryPolicy": {\#(rest)}}]}"#).count == 1)
  }

  @Test func everythingWrongIsNamedAtOnce() {
    #expect(
      problems(#"{"methodConfig": [{"timeout": 1}], "retryBudget": {"ratio": -1}, "x": 1}"#).count
        == 4)
  }
}
