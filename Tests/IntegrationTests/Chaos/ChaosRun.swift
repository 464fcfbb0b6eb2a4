import DevTools
import Foundation
import TestSupport
import Testing

@testable import DevPlatform

/// Kills one part of a platform after the other while traders trade, and waits each time until everything agrees.
///
/// A kill is a process that ends itself at a named point it was armed with, at random, or one that is killed at
/// whatever it does: a service, the gateway, PostgreSQL, the broker with all its records. What is dead is started
/// again, the traders get their answers and pause, and the time is taken from then on, the start of the processes
/// included, until one look finds that accounts, orders, reservations, events and ledgers agree.
actor ChaosRun {
  private let platform: Platform
  private let traders: [ChaosTrader]
  private let ledger: LedgerAudit
  private var plan: ChaosPlan
  /// The named point that a running process is armed with.
  private var armed: [PlatformMember: String] = [:]
  /// The processes that died by themselves and are not started yet.
  private var dead: Set<PlatformMember> = []
  private(set) var report: ChaosReport

  /// How long the platform may take until everything agrees; beyond, the run ends.
  private static let patience: Duration = .seconds(60)

  init(_ platform: Platform, _ traders: [ChaosTrader], _ ledger: LedgerAudit, seed: UInt64) {
    self.platform = platform
    self.traders = traders
    self.ledger = ledger
    plan = ChaosPlan(seed: seed)
    report = ChaosReport(seed: seed)
  }

  /// Kills until there were so many, or the time is over.
  func run(kills: Int, within limit: Duration) async throws {
    let watch = Task {
      for await exit in platform.unexpectedExits { noteDeath(of: exit.name) }
    }
    defer { watch.cancel() }
    let end = ContinuousClock.now + limit
    while report.kills < kills {
      guard .now < end else { throw OutOfTime(kills: report.kills, limit: limit) }
      for trader in traders { await trader.resume() }
      try await strike()
      try await recover()
    }
  }

  /// The run took longer than it may.
  struct OutOfTime: Error {
    let kills: Int
    let limit: Duration
  }

  /// Something never agreed again.
  struct NotRecovered: Error {
    let faults: [String]
    let findings: [String]
  }

  private func noteDeath(of name: String) {
    guard let member = PlatformMember(rawValue: name), dead.insert(member).inserted else { return }
    note(.point(member, armed.removeValue(forKey: member) ?? "no point: it was not armed"))
  }

  private func note(_ fault: ChaosFault) { report.add(fault) }

  /// Waits until a process ends itself, or kills one.
  private func strike() async throws {
    let end = ContinuousClock.now + plan.delay()
    while dead.isEmpty, .now < end { try await Task.sleep(for: .milliseconds(5)) }
    guard dead.isEmpty else { return }
    let victim = plan.victim()
    armed[victim] = nil
    await platform.kill(victim)
    // It may have been faster, and have been noted.
    if dead.insert(victim).inserted { note(.kill(victim)) }
  }

  /// Starts what is dead, has the traders pause, and waits until everything agrees.
  private func recover() async throws {
    report.beginRecovery()
    report.note(["processes are started"])
    try await startTheDead(arming: true)
    for trader in traders { await trader.pause() }
    var end = ContinuousClock.now + Self.patience
    var findings = ["nobody has looked yet"]
    while !findings.isEmpty {
      if !dead.isEmpty {
        // What was to come back into order has died of it: not this time.
        report.beginRecovery()
        try await startTheDead(arming: false)
        end = .now + Self.patience
      }
      guard .now < end else {
        throw NotRecovered(faults: report.latest.map(\.name), findings: findings)
      }
      findings = await disagreements()
      report.note(findings)
      if !findings.isEmpty { try await Task.sleep(for: .milliseconds(20)) }
    }
    report.endRecovery()
  }

  private func disagreements() async -> [String] {
    for trader in traders {
      if let pending = await trader.pending { return [pending] }
    }
    do {
      return try await ledger.platformDisagreements()
    } catch {
      return ["\(error)"]
    }
  }

  private func startTheDead(arming: Bool) async throws {
    while !dead.isEmpty {
      // What others stand on first.
      for member in PlatformMember.allCases where dead.contains(member) {
        let setting = arming ? plan.setting(for: member) : nil
        dead.remove(member)
        armed[member] = setting
        try await start(member, setting)
      }
    }
  }

  /// Starts a process, which may die at its point before it serves.
  private func start(_ member: PlatformMember, _ setting: String?) async throws {
    let environment = setting.map {
      ["\(member.rawValue.uppercased())_CRASH_AT": $0]
    }
    let start = Task { [platform] in
      try await platform.start(member, environment: environment ?? [:])
    }
    let watch = Task {
      while !dead.contains(member) { try await Task.sleep(for: .milliseconds(20)) }
      start.cancel()
    }
    defer { watch.cancel() }
    do {
      try await start.value
    } catch SupervisorError.exitedEarly {
      noteDeath(of: member.name)
    } catch {
      guard dead.contains(member) else { throw error }
    }
  }
}
