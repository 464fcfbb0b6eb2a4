extension OutlierDetection {
  /// Reads `outlierDetection`: gRFC A50's `OutlierDetectionLoadBalancingConfig` without its child policy,
  /// and `consecutiveFailureEjection`, which is ours.
  ///
  /// As there, what has no member is not looked at; so `{}` turns it off.
  init(_ object: ConfigObject) {
    var object = object
    self.init()
    interval = object.duration("interval") ?? interval
    baseEjectionTime = object.duration("baseEjectionTime") ?? baseEjectionTime
    maximumEjectionTime = object.duration("maxEjectionTime") ?? maximumEjectionTime
    maximumEjectionPercent = object.percent("maxEjectionPercent") ?? maximumEjectionPercent
    successRate = object.object("successRateEjection").map(SuccessRate.init)
    failurePercentage = object.object("failurePercentageEjection").map(FailurePercentage.init)
    consecutiveFailures = object.object("consecutiveFailureEjection").map(ConsecutiveFailures.init)
    object.finish()
  }
}

extension OutlierDetection.SuccessRate {
  fileprivate init(_ object: ConfigObject) {
    var object = object
    deviationFactor = object.count("stdevFactor") ?? deviationFactor
    enforcementPercentage = object.percent("enforcementPercentage") ?? enforcementPercentage
    minimumReplicas = object.count("minimumHosts") ?? minimumReplicas
    callVolume = object.count("requestVolume") ?? callVolume
    object.finish()
  }
}

extension OutlierDetection.FailurePercentage {
  fileprivate init(_ object: ConfigObject) {
    var object = object
    threshold = object.percent("threshold") ?? threshold
    enforcementPercentage = object.percent("enforcementPercentage") ?? enforcementPercentage
    minimumReplicas = object.count("minimumHosts") ?? minimumReplicas
    callVolume = object.count("requestVolume") ?? callVolume
    object.finish()
  }
}

extension OutlierDetection.ConsecutiveFailures {
  fileprivate init(_ object: ConfigObject) {
    var object = object
    threshold = object.integer("threshold", in: 1...Int(Int32.max)) ?? threshold
    object.finish()
  }
}

extension ConfigObject {
  fileprivate mutating func percent(_ name: String) -> Int? { integer(name, in: 0...100) }

  /// What fits a `UInt32Value`, as A50 has it.
  fileprivate mutating func count(_ name: String) -> Int? { integer(name, in: 0...Int(UInt32.max)) }
}
