/// Estimates the bandwidth-delay product of what a peer sends: how many bytes have to be allowed at a time
/// so that it need never wait for us.
///
/// It is measured as gRPC does ("Smart, dynamic flow control", grpc-go's `bdp_estimator.go`): a PING goes
/// out while data comes in, and what has come until its answer is one sample. A sample that fills most of
/// the estimate, at more bandwidth than was ever seen, is the window's limit showing: the estimate grows to
/// twice the sample. It never shrinks.
///
/// Other than in gRPC, a round trip that is longer than the average counts as it is, and the bandwidth must
/// be more by a tenth: where the window is not the limit it only fills queues on the way, and neither that
/// nor chance raises the estimate step by step.
public struct BandwidthDelayEstimate: Sendable {
  /// The weight of a new round trip's time in their average, once there have been some.
  static let alpha = 0.9
  /// The part of the estimate that a sample has to fill.
  static let beta = 0.66
  /// How many times a sample the estimate becomes.
  static let gamma = 2.0
  /// How much more bandwidth tells that the window was the limit.
  static let gain = 1.1
  /// How many round trips are averaged evenly.
  static let evenSamples = 10
  /// A sample is up to one and a half times the product: it may take half a round trip longer to come.
  private static let sampleFactor = 1.5

  /// The estimate.
  public private(set) var bytes: Int
  /// The most that it becomes.
  public let limit: Int
  private var sample: Sample?
  private var roundTrip = 0.0
  /// How many measurements there have been.
  public private(set) var roundTrips = 0
  private var bandwidth = 0.0

  private struct Sample {
    var bytes = 0
    var sent: ContinuousClock.Instant?
  }

  /// Begins with an estimate, and never goes over a limit.
  public init(bytes: Int, limit: Int) {
    self.bytes = bytes
    self.limit = max(bytes, limit)
  }

  /// Begins a measurement, unless one is under way or can tell nothing new; then a PING is to be sent.
  public mutating func begin() -> Bool {
    guard self.sample == nil, self.bytes < self.limit else { return false }
    self.sample = Sample()
    return true
  }

  /// Data came.
  public mutating func received(_ count: Int) {
    self.sample?.bytes += count
  }

  /// The PING has gone out.
  public mutating func sent(at now: ContinuousClock.Instant) {
    self.sample?.sent = now
  }

  /// The PING's answer is there.
  public mutating func answered(at now: ContinuousClock.Instant) {
    guard let sample = self.sample.take(), let sent = sample.sent else { return }
    let time = max(sent.duration(to: now) / Duration.seconds(1), 1e-9)
    self.roundTrips += 1
    let weight =
      self.roundTrips <= Self.evenSamples ? 1 / Double(self.roundTrips) : Self.alpha
    self.roundTrip += (time - self.roundTrip) * weight
    let bandwidth = Double(sample.bytes) / (max(time, self.roundTrip) * Self.sampleFactor)
    guard bandwidth > Self.gain * self.bandwidth else { return }
    self.bandwidth = bandwidth
    guard Double(sample.bytes) >= Self.beta * Double(self.bytes) else { return }
    self.bytes = min(self.limit, Int(Self.gamma * Double(sample.bytes)))
  }
}
