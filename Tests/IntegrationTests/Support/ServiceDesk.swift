import DevTools
import TestSupport
import Testing

@testable import DevPlatform

/// Whoever operates a service: a shell with the settings that the service itself is given, and what it tells
/// its operators.
struct ServiceDesk: Sendable {
  let settings: [String: String]
  private let admin: String

  init(_ member: PlatformMember, of platform: Platform) async throws {
    settings = try await platform.environment()
      .service(PlatformReplica(member: member, number: 1)).environment
    admin = try #require(await platform.adminAddress(of: member))
  }

  /// Runs a command of `alphintra`.
  func run(_ arguments: [String]) async throws -> Program.Outcome {
    try await Program.run("alphintra", arguments, environment: settings)
  }

  /// What a metric of the process is now; nil where it is not shown.
  ///
  /// - Parameter labels: all of them, as Prometheus writes them: `{service="asset"}`.
  func metric(_ name: String, _ labels: String) async throws -> String? {
    try await metrics(name).first { $0.labels == labels }?.value
  }

  /// The series of a metric of the process.
  func metrics(_ name: String) async throws -> [(labels: String, value: String)] {
    let told = try await Program.run(
      "/usr/bin/curl", ["-sS", "-m", "60", "http://\(admin)/metrics"])
    #expect(told.exitCode == 0, "\(told.errors)")
    return told.output.split(separator: "\n").filter { $0.hasPrefix("\(name){") }.map { line in
      let end = line.lastIndex(of: " ") ?? line.endIndex
      return (
        String(line[..<end].dropFirst(name.count)), String(line[end...].drop(while: { $0 == " " }))
      )
    }
  }
}
