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
    let server = Self.fields(of: "\(backend)").dropFirst(Self.parent).first
    await database.close()
    guard let server else { throw BenchmarkFailure(description: "session \(backend) is gone") }
    let sessions = try FileManager.default.contentsOfDirectory(atPath: "/proc").filter {
      Int($0) != nil && Self.fields(of: $0).dropFirst(Self.parent).first == server
    }
    // A session that has ended since is among those that the server has waited for.
    let ended = Self.ticks(of: String(server), Self.times + Self.timesOfChildren)
    times.append(("postgres", sessions.reduce(ended) { $0 + Self.ticks(of: $1) } / ticks))
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
  /// In user mode and in the kernel.
  private static let times = [11, 12]
  /// The same of children that have ended and were waited for.
  private static let timesOfChildren = [13, 14]

  private static func ticks(of process: String, _ places: [Int] = times) -> Double {
    let fields = fields(of: process)
    guard let last = places.max(), fields.count > last else { return 0 }
    return places.reduce(0) { $0 + (Double(fields[$1]) ?? 0) }
  }

  private static func fields(of process: String) -> [Substring] {
    let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
    guard let text, let end = text.lastIndex(of: ")") else { return [] }
    return text[text.index(after: end)...].split(separator: " ")
  }
}
