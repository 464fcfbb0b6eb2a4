/// When a replica that does worse than the others is left alone for a while (gRFC A50).
///
/// What is nil is not looked at. A replica is only left alone while another one is connected that is not:
/// ejecting makes no outage.
public struct OutlierDetection: Sendable, Hashable {
  /// Ejects replicas whose share of successes is far below the average.
  public struct SuccessRate: Sendable, Hashable {
    /// How far below, in thousandths of the standard deviation.
    public var deviationFactor = 1_900
    /// Of a hundred that are found, how many are ejected.
    public var enforcementPercentage = 100
    /// How many replicas must have had enough calls.
    public var minimumReplicas = 5
    /// How many calls of an interval are enough.
    public var callVolume = 100

    /// The values of gRFC A50.
    public init() {}
  }

  /// Ejects replicas of whose calls too many fail, whatever the others do.
  public struct FailurePercentage: Sendable, Hashable {
    /// How many of a hundred may fail.
    public var threshold = 85
    /// Of a hundred that are found, how many are ejected.
    public var enforcementPercentage = 100
    /// How many replicas must have had enough calls.
    public var minimumReplicas = 5
    /// How many calls of an interval are enough.
    public var callVolume = 50

    /// The values of gRFC A50.
    public init() {}
  }

  /// Ejects a replica at once when so many calls in a row end UNAVAILABLE, or unary ones
  /// DEADLINE_EXCEEDED, unless the last calls of all others did so, too.
  ///
  /// It is for services of two or three replicas, for which the other two are blind: Envoy's consecutive
  /// gateway failures, in gRPC's statuses.
  public struct ConsecutiveFailures: Sendable, Hashable {
    /// How many calls in a row.
    public var threshold = 5

    /// Envoy's value.
    public init() {}
  }

  /// The time between two looks at what the calls came to, if there are calls.
  public var interval: Duration = .seconds(10)
  /// How long a replica is ejected for the first time; the next time twice as long, and so on.
  public var baseEjectionTime: Duration = .seconds(30)
  /// The longest time, unless `baseEjectionTime` is longer.
  public var maximumEjectionTime: Duration = .seconds(300)
  /// Of a hundred replicas, how many may be ejected: always one of them, unless it is 0.
  public var maximumEjectionPercent = 10
  /// Compares the replicas.
  public var successRate: SuccessRate?
  /// Looks at each by itself.
  public var failurePercentage: FailurePercentage?
  /// Looks at each call.
  public var consecutiveFailures: ConsecutiveFailures?

  /// Looks at nothing.
  public init() {}

  /// Looks at all three.
  public static let standard: OutlierDetection = {
    var detection = OutlierDetection()
    detection.successRate = SuccessRate()
    detection.failurePercentage = FailurePercentage()
    detection.consecutiveFailures = ConsecutiveFailures()
    return detection
  }()

  /// Whether anything is looked at.
  var isOn: Bool {
    successRate != nil || failurePercentage != nil || consecutiveFailures != nil
  }

  /// How long a replica is ejected for the n-th time in a row.
  func ejectionTime(_ number: Int) -> Duration {
    let longest = max(baseEjectionTime, maximumEjectionTime)
    // Compared first: the product of a large number would not fit.
    let times = longest / baseEjectionTime
    return Double(number) >= times ? longest : baseEjectionTime * number
  }
}
