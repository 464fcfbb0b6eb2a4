import Synchronization
import Testing

@testable import Observability

/// Counters, histograms and gauges: what is added is there, whoever adds.
@Suite struct MetricsTests {
  @Test func aCounterAddsUpOverThreads() async {
    let counter = MetricsRegistry().counter("a_total", "A.")
    await withTaskGroup { group in
      for _ in 0..<8 {
        group.addTask { for _ in 0..<10_000 { counter.add() } }
      }
    }
    counter.add(5)
    #expect(counter.value == 80_005)
  }

  @Test("a value is counted in the first bucket whose bound is not below it")
  func buckets() {
    let bounds = Histogram.Bounds(.bytes, [0, 10, 100])
    let histogram = MetricsRegistry().histogram("a_bytes", "A.", bounds)
    for value: UInt64 in [0, 1, 10, 11, 100, 101, 5_000_000_000] { histogram.record(value) }
    let snapshot = histogram.snapshot
    #expect(snapshot.buckets == [1, 2, 2, 2])
    #expect(snapshot.count == 7)
    #expect(snapshot.sum == 5_000_000_223)
  }

  @Test func theSameMetricIsTheSameObject() {
    let metrics = MetricsRegistry()
    #expect(
      metrics.counter("a_total", "A.", ["x": "1"]) === metrics.counter("a_total", "A.", ["x": "1"]))
    #expect(
      metrics.counter("a_total", "A.", ["x": "1"]) !== metrics.counter("a_total", "A.", ["x": "2"]))
  }

  @Test("series beyond the limit are counted together")
  func limit() async {
    let metrics = MetricsRegistry(seriesLimit: 3)
    for number in 0..<10 { metrics.counter("a_total", "A.", ["x": "\(number)"]).add() }
    let text = await metrics.prometheusText()
    #expect(
      text == """
        # HELP a_total A.
        # TYPE a_total counter
        a_total{x="0"} 1
        a_total{x="1"} 1
        a_total{x="2"} 1
        a_total{x="other"} 7

        """)
  }

  @Test func aGaugeIsReadWhenAsked() async {
    let metrics = MetricsRegistry()
    let value = Atomic(1)
    metrics.gauge("a", "A.") { Double(value.load(ordering: .relaxed)) }
    metrics.gauge("b", "B.") { nil }
    #expect(await metrics.prometheusText().hasSuffix("\na 1\n"))
    value.store(2, ordering: .relaxed)
    #expect(await metrics.prometheusText().hasSuffix("\na 2\n"))
  }

  @Test("a table makes each value once, whoever asks first")
  func table() async {
    let made = Atomic(0)
    let table = SeriesTable<Int, Counter> { _ in
      made.add(1, ordering: .relaxed)
      return Counter()
    }
    await withTaskGroup { group in
      for _ in 0..<8 {
        group.addTask { for round in 0..<10_000 { table[round % 50].add() } }
      }
    }
    #expect(made.load(ordering: .relaxed) == 50)
    #expect(table.values.count == 50)
    #expect((0..<50).map { table[$0].value } == Array(repeating: 1_600, count: 50))
  }

  @Test("the values of a table end with it")
  func tableEnds() {
    final class Witness: Sendable {}
    weak var witness: Witness?
    do {
      let table = SeriesTable<Int, Witness> { _ in Witness() }
      _ = table[1]
      witness = table[2]
      #expect(witness != nil)
      _ = table[3]
      #expect(table[2] === witness)
    }
    #expect(witness == nil)
  }
}
