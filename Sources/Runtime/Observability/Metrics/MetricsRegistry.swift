import Synchronization

/// The metrics of a process, by name and labels.
///
/// Asking for a metric takes a lock; whoever adds to one often keeps it. A metric that is there already is
/// the same object.
public final class MetricsRegistry: Sendable {
  /// The most series of one metric, by default.
  ///
  /// Each new combination of labels is a series, which costs memory here and at whoever collects. What would
  /// be more is counted in one series whose labels all say ``otherLabel``.
  public static let defaultSeriesLimit = 1_000
  /// What the labels say of all series beyond the limit.
  public static let otherLabel = "other"

  /// Names and values of labels, in the order in which they are shown.
  public typealias Labels = KeyValuePairs<String, String>

  enum Value: Sendable {
    case counter(Counter)
    case histogram(Histogram)
    case reading(@Sendable () async -> Double?)
  }

  struct Family: Sendable {
    /// `counter`, `gauge` or `histogram`.
    let type: String
    let help: String
    /// By the text of their labels.
    var series: [String: Value] = [:]
  }

  private let families = Mutex<[String: Family]>([:])
  private let seriesLimit: Int

  /// A registry without metrics.
  public init(seriesLimit: Int = MetricsRegistry.defaultSeriesLimit) {
    self.seriesLimit = seriesLimit
  }

  /// A counter; its name ends with `_total`.
  public func counter(_ name: String, _ help: String, _ labels: Labels = [:]) -> Counter {
    let value = value(name, "counter", help, labels) { .counter(Counter()) }
    guard case .counter(let counter) = value else { preconditionFailure("\(name) is no counter") }
    return counter
  }

  /// A histogram; its name ends with the unit, `_seconds` or `_bytes`.
  public func histogram(
    _ name: String, _ help: String, _ bounds: Histogram.Bounds, _ labels: Labels = [:]
  ) -> Histogram {
    let value = value(name, "histogram", help, labels) { .histogram(Histogram(bounds)) }
    guard case .histogram(let histogram) = value else {
      preconditionFailure("\(name) is no histogram")
    }
    return histogram
  }

  /// A gauge that is read when somebody asks; nil is shown as nothing.
  ///
  /// A second one with the same labels takes the first one's place.
  public func gauge(
    _ name: String, _ help: String, _ labels: Labels = [:],
    _ read: @escaping @Sendable () async -> Double?
  ) {
    replace(name, "gauge", help, labels, read)
  }

  /// The same for a number that only grows and that others count; its name ends with `_total`.
  public func counter(
    _ name: String, _ help: String, _ labels: Labels = [:],
    reading read: @escaping @Sendable () async -> Double?
  ) {
    replace(name, "counter", help, labels, read)
  }

  /// A gauge of a number of things.
  public func countGauge(
    _ name: String, _ help: String, _ labels: Labels = [:],
    _ read: @escaping @Sendable () async -> Int64?
  ) {
    gauge(name, help, labels) { await read().map { Double($0) } }
  }

  /// A gauge of a time; its name ends with `_seconds`.
  public func timeGauge(
    _ name: String, _ help: String, _ labels: Labels = [:],
    _ read: @escaping @Sendable () async -> Duration?
  ) {
    gauge(name, help, labels) { await read().map { $0 / .seconds(1) } }
  }

  /// All there is now.
  var all: [String: Family] { families.withLock { $0 } }

  private func replace(
    _ name: String, _ type: String, _ help: String, _ labels: Labels,
    _ read: @escaping @Sendable () async -> Double?
  ) {
    families.withLock { families in
      families[name, default: Family(type: type, help: help)].series[Self.text(labels)] =
        .reading(read)
    }
  }

  private func value(
    _ name: String, _ type: String, _ help: String, _ labels: Labels, _ make: () -> Value
  ) -> Value {
    families.withLock { families in
      var text = Self.text(labels)
      var family = families[name] ?? Family(type: type, help: help)
      if family.series[text] == nil, family.series.count >= seriesLimit {
        text = Self.text(labels) { _ in Self.otherLabel }
      }
      if let value = family.series[text] { return value }
      let value = make()
      family.series[text] = value
      families[name] = family
      return value
    }
  }

  /// Labels as Prometheus writes them, without the braces.
  private static func text(_ labels: Labels, _ shown: (String) -> String = { $0 }) -> String {
    labels.map { name, value in
      var escaped = ""
      for scalar in shown(value).unicodeScalars {
        switch scalar {
        case "\\": escaped += "\\\\"
        case "\"": escaped += "\\\""
        case "\n": escaped += "\\n"
        default: escaped.unicodeScalars.append(scalar)
        }
      }
      return "\(name)=\"\(escaped)\""
    }.joined(separator: ",")
  }
}
