import Core
import Testing

@testable import ProcessKit

@Suite struct CertificateExpiryTests {
  private static func days(_ count: Double) -> Duration { .seconds(count * 86_400) }

  /// Lifetime and age in days, and how many are left if that is worth a warning.
  @Test(
    arguments: [
      (365.0, 0.0, nil), (365, 350.9, nil), (365, 351.1, 13.9), (365, 365, 0),
      (30, 19.9, nil), (30, 20.1, 9.9), (1, 0.66, nil), (1, 0.67, 0.33),
    ] as [(Double, Double, Double?)])
  func nearness(lifetime: Double, age: Double, left: Double?) throws {
    let start = Instant(microseconds: 1_700_000_000_000_000)
    let end = start + Self.days(lifetime)
    let expiry = CertificateExpiry(from: start, until: end, at: start + Self.days(age))
    if let left {
      guard case .near(let remaining) = expiry else {
        Issue.record("\(expiry)")
        return
      }
      #expect(remaining - Self.days(left) < .milliseconds(1))
      #expect(Self.days(left) - remaining < .milliseconds(1))
    } else {
      #expect(expiry == .distant)
    }
    #expect(CertificateExpiry(from: start, until: end, at: end + .microseconds(1)) == .past)
  }
}
