import ArgumentParser
import DevPlatform
import Foundation

/// Runs the platform and measures how many orders it takes durably, beside pgbench on the same server.
@main struct OrdersBenchmark: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Places orders in the mesh and through the edge, and has pgbench run the same statements.",
    discussion: """
      Starts the platform, with a database that waits for the disk, in a temporary folder. Prints lines of a name \
      and a value; what happens meanwhile goes to standard error. Fails unless every order that was acknowledged is \
      stored and its funds are held.
      """)

  @Option(help: "The folder of alphintra and alphintra-gateway.")
  var programs: String

  @Option(help: "The folder for what pgbench reads and writes.")
  var scratch: String

  @Option(help: "The file of daily bars to replay.")
  var bars = Platform.Options.bars

  @Option(help: "How many seconds each load lasts.")
  var seconds = 10

  @Option(help: "How often everything is measured, in turn.")
  var passes = 3

  @Option(help: "How many accounts place orders; at least as many as orders are under way.")
  var accounts = 256

  @Option(help: "How many orders are under way at a time; one load for each.")
  var inFlight = [32, 256]

  @Option(help: "How many connections pgbench has.")
  var peerClients = 32

  @Option(help: "How many orders a second go through the edge, for the way to the WebSocket.")
  var edgeRate = 50

  @Flag(help: "Keep the platform up after the loads, until it is interrupted: for a profiler.")
  var hold = false

  func validate() throws {
    guard let most = inFlight.max(), accounts >= most, accounts % peerClients == 0 else {
      throw ValidationError(
        "--accounts is \(accounts): it must be a multiple of --peer-clients (\(peerClients)) and at least "
          + "each --in-flight (\(inFlight))")
    }
  }

  func run() async throws {
    var options = try Platform.Options.temporary()
    options.waitsForDisk = true
    options.programsFolder = URL(filePath: programs).standardizedFileURL.path
    options.barsPath = URL(filePath: bars).standardizedFileURL.path
    for rateClass in ["AUTH", "ORDERS", "MARKET_DATA", "STREAMS"] {
      options.environment[.gateway, default: [:]]["GATEWAY_RATE_\(rateClass)"] = "none"
    }
    note("starting the platform in \(options.folder)")
    try await Platform.run(options) { platform in try await measure(platform) }
  }

  private func measure(_ platform: Platform) async throws {
    let traders = try await Traders.signUp(accounts, on: platform)
    let books = try await Books(platform)
    let peer = try await StatementPeer(platform, scratch: scratch, accounts: accounts)
    var acknowledged: [String] = []
    for pass in 1...passes {
      for count in inFlight {
        note("pass \(pass): \(count) orders under way")
        let before = try await ProcessTimes(of: platform)
        let load = try await traders.place(inFlight: count, for: .seconds(seconds))
        let spent = try await ProcessTimes(of: platform).since(before, per: load.orders.count)
        acknowledged += load.orders + load.pending
        show("ours.\(count)", load.figures)
        print("ours.\(count).refused", load.refused)
        print("ours.\(count).pending", load.pending.count)
        for (name, time) in spent { print("ours.\(count).cpu_us.\(name)", Figures.text(time)) }
        let start = ContinuousClock.now
        try await books.settle()
        print("ours.\(count).backlog_s", Figures.text((ContinuousClock.now - start) / .seconds(1)))
        try await showMemory(of: platform)
      }
      note("pass \(pass): pgbench with \(peerClients) connections")
      show("peer", try await peer.run(clients: peerClients, seconds: seconds))
    }
    note("the edge: \(edgeRate) orders a second")
    let edge = try await traders.throughEdge(perSecond: edgeRate, for: .seconds(seconds))
    acknowledged += edge.orders
    show("edge.answer", edge.answers)
    show("edge.websocket", edge.updates)
    try await books.settle()
    try await books.check(acknowledged)
    print("acknowledged", acknowledged.count)
    if hold {
      note("holding")
      try await Task.sleep(for: .seconds(3600))
    }
  }

  private func show(_ name: String, _ figures: Figures) {
    for (key, value) in figures.lines { print("\(name).\(key)", value) }
  }

  private func showMemory(of platform: Platform) async throws {
    for member in PlatformMember.services + [.gateway] {
      guard let id = await platform.processID(of: member) else { continue }
      let status = try String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)
      let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
      print("rss.\(member.name)", line.split(separator: " ").compactMap { Int($0) }.first ?? 0)
    }
  }
}

/// Says what happens, beside the figures.
func note(_ text: String) {
  FileHandle.standardError.write(Data("orders: \(text)\n".utf8))
}

/// Why the benchmark's figures count for nothing.
struct BenchmarkFailure: Error, CustomStringConvertible {
  let description: String
}
