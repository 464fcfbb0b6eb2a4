import DevPlatform
import Foundation
import Postgres

/// The CPU time that each process of the platform has taken so far: what an order costs, and where.
struct ProcessTimes: Sendable {
  /// In seconds, by the process's name.
  private let times: [(name: String, seconds: Double)]

  /// Looks now.
  init(of platform: Platform) async throws {
    let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
    var times: [(String, Double)] = [("load", Self.ticks(of: "self") / ticks)]
    for member in PlatformMember.services + [.gateway, .broker] {
      guard let id = await platform.processID(of: member) else { continue }
      times.append((member.name, Self.ticks(of: "\(id)") / ticks))
    }
    let database = PostgresPool(try await platform.database())
    let backend = try await database.query("SELECT pg_backend_pid() AS id").one().decode(
      Int.self, "id")
    await database.close()
    let server = Self.fields(of: "\(backend)").dropFirst(Self.parent).first
    let sessions = try FileManager.default.contentsOfDirectory(atPath: "/proc").filter {
      Int($0) != nil && Self.fields(of: $0).dropFirst(Self.parent).first == server
    }
    times.append(("postgres", sessions.reduce(0) { $0 + Self.ticks(of: $1) } / ticks))
    self.times = times
  }

  /// Microseconds of each process since an earlier look, for one of `count` orders.
  func since(_ earlier: ProcessTimes, per count: Int) -> [(name: String, microseconds: Double)] {
    times.map { name, seconds in
      let before = earlier.times.first { $0.name == name }?.seconds ?? 0
      return (name, (seconds - before) * 1e6 / Double(max(1, count)))
    }
  }

  // Behind the process's name in /proc/<id>/stat, from 0 (proc(5)).
  private static let parent = 1
  private static let userTime = 11
  private static let systemTime = 12

  private static func ticks(of process: String) -> Double {
    let fields = fields(of: process)
    guard fields.count > systemTime else { return 0 }
    return [userTime, systemTime].reduce(0) { $0 + (Double(fields[$1]) ?? 0) }
  }

  private static func fields(of process: String) -> [Substring] {
    let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
    guard let text, let end = text.lastIndex(of: ")") else { return [] }
    return text[text.index(after: end)...].split(separator: " ")
  }
}
