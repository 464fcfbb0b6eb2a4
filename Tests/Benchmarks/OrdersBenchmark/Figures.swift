import Foundation

/// How many of something there were in a time, and how long each took.
struct Figures: Sendable {
  /// In microseconds, ascending.
  private let times: [Double]
  private let elapsed: Duration

  /// Takes the time of each, in microseconds.
  init(times: [Double], elapsed: Duration) {
    self.times = times.sorted()
    self.elapsed = elapsed
  }

  /// What is printed of it.
  var lines: [(String, String)] {
    [
      ("rate", String(format: "%.0f", Double(times.count) / (elapsed / .seconds(1)))),
      ("p50_ms", Self.text(percentile(0.5) / 1000)), ("p99_ms", Self.text(percentile(0.99) / 1000)),
      ("count", "\(times.count)"),
    ]
  }

  static func text(_ value: Double) -> String { String(format: "%.2f", value) }

  private func percentile(_ fraction: Double) -> Double {
    times.isEmpty ? 0 : times[min(times.count - 1, Int(Double(times.count) * fraction))]
  }
}

extension Duration {
  /// As a number of microseconds.
  var microseconds: Double { self / .microseconds(1) }
}
