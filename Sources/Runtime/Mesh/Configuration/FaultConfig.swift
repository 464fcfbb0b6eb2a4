public import ProcessKit
public import RPC

/// Which faults are injected into the calls of which methods of a server, as a file says.
///
/// ```json
/// {"faultConfig": [{
///   "name": [{"service": "alphintra.trading.v1.TradingService", "method": "PlaceOrder"}],
///   "delay": {"fixedDelay": "0.5s", "percentage": 10},
///   "abort": {"grpcStatus": "UNAVAILABLE", "percentage": 1},
///   "maxActiveFaults": 100
/// }]}
/// ```
///
/// The terms are those of gRFC A33; names choose methods as in a service config, the most particular one
/// first.
public struct FaultConfig: Sendable, Hashable {
  /// What goes wrong, by what it goes wrong with.
  public private(set) var policies: [ServiceConfig.Name: FaultPolicy] = [:]

  /// Injects nothing.
  public init() {}

  /// Reads the file that the setting `faults.config` names; without one nothing is injected.
  public init(_ settings: inout Settings) {
    self =
      settings.configFile("faults.config") { json throws(ServiceConfigError) in
        try FaultConfig(json: json)
      } ?? FaultConfig()
  }

  /// Reads a file's contents.
  ///
  /// - Throws: ``ServiceConfigError``, with everything that is wrong.
  public init(json: [UInt8]) throws(ServiceConfigError) {
    self.init()
    try ConfigObject.read(json) { object in
      var object = object
      for entry in object.objects("faultConfig") { read(entry) }
      object.finish()
    }
  }

  /// What injects the faults; the interceptors of a router.
  public var injections: [FaultInjection] {
    policies.map { name, policy in
      let config = self
      return FaultInjection(policy) { config.name(for: $0) == name }
    }
  }

  /// The most particular name that a method goes by here.
  private func name(for method: MethodDescriptor) -> ServiceConfig.Name? {
    let names: [ServiceConfig.Name] = [
      .method(service: method.service, method: method.method), .service(method.service), .all,
    ]
    return names.first { policies[$0] != nil }
  }

  private mutating func read(_ object: ConfigObject) {
    var object = object
    let names = object.objects("name").compactMap(ServiceConfig.Name.init)
    var policy = FaultPolicy()
    if !object.has("delay"), !object.has("abort") {
      object.note(nil, "must have a delay, an abort or both")
    }
    if var delay = object.object("delay") {
      policy.delay = delay.duration("fixedDelay", isRequired: true)
      policy.delayPercentage =
        delay.number("percentage", above: 0, upTo: 100) ?? policy.delayPercentage
      delay.finish()
    }
    if var abort = object.object("abort") {
      policy.abort = abort.failure("grpcStatus", isRequired: true)
      policy.abortPercentage =
        abort.number("percentage", above: 0, upTo: 100) ?? policy.abortPercentage
      abort.finish()
    }
    policy.maximumActiveFaults = object.integer("maxActiveFaults", in: 1...Int(Int32.max))
    object.finish()
    if names.isEmpty { object.note("name", "must name at least one service or method") }
    for name in names where policies.updateValue(policy, forKey: name) != nil {
      object.note("name", "must not name \(name) a second time")
    }
  }
}
