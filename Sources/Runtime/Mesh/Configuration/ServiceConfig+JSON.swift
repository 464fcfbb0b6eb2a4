internal import Protobuf
internal import RPC

extension ServiceConfig {
  /// Reads a service config in the form that gRPC gives it (`grpc.service_config.ServiceConfig` as JSON).
  ///
  /// - Throws: ``ServiceConfigError``, with everything that is wrong. What other clients would pass over,
  ///   such as a misspelt name, is wrong here.
  public init(json: [UInt8]) throws(ServiceConfigError) {
    self.init()
    try ConfigObject.read(json) { read($0) }
  }

  private mutating func read(_ object: ConfigObject) {
    var object = object
    for method in object.objects("methodConfig") { read(method: method) }
    read(balancing: &object)
    if let detection = object.object("outlierDetection") {
      outlierDetection = OutlierDetection(detection)
    }
    maximumCallsPerReplica =
      object.integer("maxConcurrentRequests", in: 1...Int(Int32.max)) ?? maximumCallsPerReplica
    if let throttling = object.object("retryThrottling") {
      retryThrottling = RetryThrottling(throttling)
    }
    if let budget = object.object("retryBudget") { retryBudget = RetryBudgeting(budget) }
    object.finish()
  }

  // MARK: - Methods

  private mutating func read(method object: ConfigObject) {
    var object = object
    let names = object.objects("name").compactMap(Name.init)
    var method = Method()
    method.timeout = object.duration("timeout")
    method.waitsForReady = object.bool("waitForReady")
    if let policy = object.object("retryPolicy") { method.retrying = Retrying(policy) }
    object.finish()
    if names.isEmpty { object.note("name", "must name at least one service or method") }
    for name in names {
      if methods.updateValue(method, forKey: name) != nil {
        object.note("name", "must not name \(name) a second time")
      }
    }
  }

  // MARK: - Balancing

  /// The first policy of the list that is known here counts, as gRPC has it.
  private mutating func read(balancing object: inout ConfigObject) {
    guard object.has("loadBalancingConfig") else { return }
    let policies = object.objects("loadBalancingConfig")
    for var policy in policies {
      guard policy.names.count == 1, let name = policy.names.first else {
        policy.note(nil, "must have one member, the name of a policy")
        continue
      }
      guard balancing == nil, let known = BalancingPolicy(rawValue: name),
        let settings = policy.object(name)
      else { continue }
      settings.finish()
      balancing = known
    }
    if balancing == nil {
      let names = BalancingPolicy.allCases.map(\.rawValue).joined(separator: ", ")
      object.note("loadBalancingConfig", "must have one of \(names)")
    }
  }
}

extension ServiceConfig.Retrying {
  /// Reads a `retryPolicy` (gRFC A6, "Validation of retryPolicy"); one attempt is ours, for never.
  fileprivate init?(_ object: ConfigObject) {
    var object = object
    // More than the limit is no mistake, and no more than the limit.
    let attempts = object.integer("maxAttempts", in: 1...Int(Int32.max), isRequired: true)
    let isOn = attempts != 1
    let initial = object.duration("initialBackoff", isRequired: isOn)
    let maximum = object.duration("maxBackoff", isRequired: isOn)
    let multiplier = object.number("backoffMultiplier", above: 0, upTo: 1_000, isRequired: isOn)
    let codes = Self.codes(&object, isRequired: isOn)
    object.finish()
    guard isOn else {
      self = .never
      return
    }
    guard let attempts, let initial, let maximum, let multiplier else { return nil }
    self = .policy(
      RetryPolicy(
        maximumAttempts: min(attempts, RetryPolicy.attemptsLimit), initialBackoff: initial,
        maximumBackoff: maximum, backoffMultiplier: multiplier, retryableCodes: codes))
  }

  /// The codes, by name or number.
  private static func codes(
    _ object: inout ConfigObject, isRequired: Bool
  ) -> Set<StatusCode> {
    let elements = object.elements("retryableStatusCodes", isRequired: isRequired)
    guard let elements else { return [] }
    if elements.isEmpty { object.note("retryableStatusCodes", "must have at least one code") }
    var codes: Set<StatusCode> = []
    for (value, field) in elements {
      if let code = StatusCode(failure: value.kind) {
        codes.insert(code)
      } else {
        object.note(at: field, StatusCode.failureRule, value)
      }
    }
    return codes
  }
}

extension RetryThrottling {
  /// Reads `retryThrottling` (gRFC A6, "Throttling Configuration").
  fileprivate init?(_ object: ConfigObject) {
    var object = object
    let tokens = object.integer("maxTokens", in: 1...Self.tokensLimit, isRequired: true)
    let ratio = object.number(
      "tokenRatio", above: 0, upTo: Double(Self.tokensLimit), isRequired: true)
    object.finish()
    guard let tokens, let ratio else { return nil }
    self.init(maximumTokens: tokens, milliRatio: Int(ratio * 1_000))
  }
}

extension RetryBudgeting {
  /// Reads `retryBudget`, which is ours.
  fileprivate init(_ object: ConfigObject) {
    var object = object
    self = .standard
    ratio = object.number("ratio", above: 0, upTo: 10) ?? ratio
    retriesPerSecond = object.number("minRetriesPerSecond", above: 0, upTo: 1e6) ?? retriesPerSecond
    object.finish()
  }
}
