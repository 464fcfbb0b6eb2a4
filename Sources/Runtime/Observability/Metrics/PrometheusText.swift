extension MetricsRegistry {
  /// The content type of ``prometheusText()``.
  public static let prometheusContentType = "text/plain; version=0.0.4; charset=utf-8"

  /// All metrics in the text format of Prometheus, version 0.0.4, by name and labels.
  public func prometheusText() async -> String {
    var text = ""
    for (name, family) in all.sorted(by: { $0.key < $1.key }) {
      var lines = ""
      for (labels, value) in family.series.sorted(by: { $0.key < $1.key }) {
        switch value {
        case .counter(let counter):
          lines += Self.line(name, labels, "\(counter.value)")
        case .histogram(let histogram):
          lines += Self.lines(name, labels, histogram)
        case .reading(let read):
          if let number = await read() { lines += Self.line(name, labels, Self.text(number)) }
        }
      }
      guard !lines.isEmpty else { continue }
      text += "# HELP \(name) \(family.help)\n# TYPE \(name) \(family.type)\n" + lines
    }
    return text
  }

  private static func lines(_ name: String, _ labels: String, _ histogram: Histogram) -> String {
    let snapshot = histogram.snapshot
    let divisor = histogram.bounds.unit.divisor
    let prefix = labels.isEmpty ? "" : labels + ","
    var lines = ""
    var count: UInt64 = 0
    for (bound, bucket) in zip(histogram.bounds.values, snapshot.buckets) {
      count += bucket
      lines += line(
        "\(name)_bucket", "\(prefix)le=\"\(text(Double(bound) / divisor))\"", "\(count)")
    }
    lines += line("\(name)_bucket", "\(prefix)le=\"+Inf\"", "\(snapshot.count)")
    lines += line("\(name)_sum", labels, text(Double(snapshot.sum) / divisor))
    return lines + line("\(name)_count", labels, "\(snapshot.count)")
  }

  private static func line(_ name: String, _ labels: String, _ value: String) -> String {
    labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n"
  }

  /// A whole number without a point.
  private static func text(_ number: Double) -> String {
    Int(exactly: number).map { "\($0)" } ?? "\(number)"
  }
}
