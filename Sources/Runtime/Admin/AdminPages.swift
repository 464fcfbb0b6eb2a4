import Foundation
import Observability

/// An answer to an operator.
struct AdminPage: Sendable, Hashable {
  var status = 200
  var contentType = "text/plain; charset=utf-8"
  var text: String
}

/// What the paths answer.
struct AdminPages: Sendable {
  private let diagnostics: Diagnostics
  private let start = Date()

  init(_ diagnostics: Diagnostics) { self.diagnostics = diagnostics }

  /// The answer to a request; its query says nothing here.
  func answer(_ method: String, _ target: String) async -> AdminPage {
    guard ["GET", "HEAD"].contains(method) else {
      return AdminPage(status: 405, text: "\(method) is not answered here, GET and HEAD are\n")
    }
    switch target.prefix(while: { $0 != "?" }) {
    case "/metrics":
      return AdminPage(
        contentType: MetricsRegistry.prometheusContentType,
        text: await diagnostics.metrics.prometheusText())
    case "/healthz": return AdminPage(text: "ok\n")
    case "/readyz": return readiness
    case "/": return AdminPage(text: await status())
    default:
      return AdminPage(status: 404, text: "there are /, /metrics, /healthz and /readyz\n")
    }
  }

  private var readiness: AdminPage {
    let checks = diagnostics.readiness
    let isReady = !checks.isEmpty && checks.allSatisfy(\.isReady)
    let lines = checks.map { "\($0.name): \($0.isReady ? "ready" : "not ready")\n" }.joined()
    return AdminPage(
      status: isReady ? 200 : 503, text: checks.isEmpty ? "the process has yet to start\n" : lines)
  }

  private func status() async -> String {
    let process = ProcessInfo.processInfo
    let seconds = Int(Date().timeIntervalSince(start))
    var text = Self.section(
      process.processName,
      [
        ("process", "\(process.processIdentifier) on \(process.hostName)"),
        (
          "up",
          "\(seconds / 86_400) d \(seconds / 3600 % 24) h \(seconds / 60 % 60) min \(seconds % 60) s"
        ),
        ("build", Self.build),
      ])
    text += Self.section(
      "Readiness", diagnostics.readiness.map { ($0.name, $0.isReady ? "ready" : "not ready") })
    for (title, rows) in await diagnostics.sections() { text += Self.section(title, rows) }
    return text
  }

  private static func section(_ title: String, _ rows: [Diagnostics.Row]) -> String {
    let width = rows.map(\.name.count).max() ?? 0
    let lines = rows.map { name, value in
      "  " + name.padding(toLength: width, withPad: " ", startingAt: 0) + "  \(value)\n"
    }
    return "\(title)\n" + (lines.isEmpty ? "  none\n" : lines.joined()) + "\n"
  }

  /// The configuration, and when the program was linked.
  private static var build: String {
    #if DEBUG
      let configuration = "debug"
    #else
      let configuration = "release"
    #endif
    let path = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    let time = (attributes?[.modificationDate] as? Date).map { ", \($0.ISO8601Format())" } ?? ""
    return configuration + time
  }
}
