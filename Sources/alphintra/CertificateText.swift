import Certificates
import Foundation

/// A certificate for people.
enum CertificateText {
  /// The certificate's name, and below it what it says and what is wrong with it.
  static func lines(of certificate: CertificateDescription, now: Date = Date()) -> String {
    var lines = [certificate.name]
    func add(_ label: String, _ text: String) {
      if !text.isEmpty {
        lines.append("  " + label.padding(toLength: 9, withPad: " ", startingAt: 0) + text)
      }
    }
    add("subject", certificate.subject)
    add("names", certificate.subjectAlternativeNames.joined(separator: ", "))
    add("for", certificate.usages.joined(separator: ", "))
    add("serial", certificate.serialNumber)
    if let from = certificate.validFrom, let until = certificate.validUntil {
      add("from", from.formatted(.iso8601))
      add("until", "\(until.formatted(.iso8601)) (\(remaining(until.timeIntervalSince(now))))")
    }
    add("PROBLEM", certificate.problem ?? "")
    return lines.joined(separator: "\n")
  }

  private static func remaining(_ seconds: TimeInterval) -> String {
    if seconds < 0 { return "ended" }
    for (name, length) in [("d", 86_400.0), ("h", 3_600.0), ("min", 60.0)]
    where seconds >= 2 * length {
      return "in \(Int(seconds / length)) \(name)"
    }
    return "in \(Int(seconds)) s"
  }
}
