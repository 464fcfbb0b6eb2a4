import AssetContract
import AssetService
import Certificates
import Core
import Mesh
import Postgres
import Protobuf
import RPC
import TLS
import Testing

@testable import DevPlatform

/// Asset management is ended as by `kill -9` at each named point; afterwards what was asked for is done
/// once, by a repetition at the latest, and the ledger balances.
@Suite struct AssetCrashTests {
  @Test("kill -9 at every named point", .timeLimit(.minutes(15)))
  func everyPoint() async throws {
    try await PlatformFixture.run { platform in
      let mesh = try await AssetMesh(platform)
      defer { mesh.close() }
      for point in AssetCrashPoint.allCases { try await Self.crash(at: point, platform, mesh) }
      let balance = try await mesh.operatorClient.trialBalance()
      #expect(balance.balanced, "\(balance)")
    }
  }

  private static func crash(
    at point: AssetCrashPoint, _ platform: Platform, _ mesh: AssetMesh
  ) async throws {
    let life = AssetLife(mesh)
    let steps = AssetLife.Step.allCases
    let crashing = try #require(steps.first { point.rawValue.hasPrefix($0.rawValue) })
    for step in steps.prefix(while: { $0 != crashing }) { try await life.takeSurely(step) }
    await platform.stop(.asset)
    try await platform.start(.asset, environment: ["ASSET_CRASH_AT": point.rawValue])

    // How the caller of a service that dies is answered is not what is tested here. A call that was certainly
    // not taken up is made again by the mesh, and then waits for the service.
    let asked = Task { try? await life.take(crashing) }
    let exit = await platform.waitForExit(of: .asset)
    #expect(exit == "signaled(9)", "\(point.rawValue)")

    await asked.value
    try await platform.start(.asset)
    let isDone = point.rawValue.hasSuffix("committed")
    let before = steps.prefix { $0 != crashing }.count
    #expect(try await life.transactions() == before + (isDone ? 1 : 0), "\(point.rawValue)")
    for step in steps.drop(while: { $0 != crashing }) {
      try await life.takeSurely(step)
      try await life.takeSurely(step)
    }
    #expect(try await life.transactions() == steps.count, "\(point.rawValue)")
    #expect(try await life.funds() == [80, 0, 2, 0], "\(point.rawValue)")
  }
}

/// Asset management as trading and an operator reach it.
private struct AssetMesh: Sendable {
  let trading: AssetV1.AssetServiceClient
  let operatorClient: PlatformClient
  let database: PostgresPool
  private let channel: MeshChannel

  init(_ platform: Platform) async throws {
    let folder = platform.certificateFolder
    channel = MeshChannel(
      to: "asset", in: ServiceDirectory(folder: platform.directoryPath),
      MeshChannel.Configuration(
        identity: .init(
          certificateChainPath: folder.certificatePath(of: "trading"),
          privateKeyPath: folder.privateKeyPath(of: "trading")),
        trustedAuthoritiesPath: folder.authorityPath))
    trading = AssetV1.AssetServiceClient(channel)
    operatorClient = try await platform.operator().logIn(try await platform.client())
    database = PostgresPool(try await platform.database(schema: "asset"))
  }

  func close() { channel.close() }
}

/// One account with one order, from the deposit to the end; each step may be taken again.
private struct AssetLife: Sendable {
  enum Step: String, CaseIterable {
    case deposit, reserve, adjust, capture, release
  }

  let mesh: AssetMesh
  let account = UUIDv7.make(now: SystemClock().now).description
  let order = UUIDv7.make(now: SystemClock().now).description
  let trade = UUIDv7.make(now: SystemClock().now).description

  init(_ mesh: AssetMesh) { self.mesh = mesh }

  /// Takes a step again and again while the service is away or starting.
  func takeSurely(_ step: Step) async throws {
    try await Trader.patiently {
      while true {
        do { return try await take(step) } catch let error as RPCError
          where error.code == .unavailable
        {
          try await Task.sleep(for: .milliseconds(50))
        }
      }
    }
  }

  func take(_ step: Step) async throws {
    switch step {
    case .deposit:
      _ = try await mesh.operatorClient.deposit(
        100, of: "USD", to: account, reference: account)
    case .reserve:
      _ = try await mesh.trading.reserve(
        .with {
          $0.orderID = order
          $0.accountID = account
          $0.giveAsset = "USD"
          $0.takeAsset = "AAPL"
          $0.amount = 50
        })
    case .adjust:
      _ = try await mesh.trading.adjustReservation(
        .with {
          $0.orderID = order
          $0.accountID = account
          $0.version = 3
          $0.total = 60
        })
    case .capture:
      _ = try await mesh.trading.capture(
        .with {
          $0.tradeID = trade
          $0.orderID = order
          $0.accountID = account
          $0.giveAmount = 20
          $0.takeAmount = 2
          $0.feeAmount = 1
          $0.feeSide = .give
        })
    case .release:
      _ = try await mesh.trading.release(
        .with {
          $0.orderID = order
          $0.accountID = account
          $0.version = 5
          $0.total = 20
        })
    }
  }

  /// How often money moved.
  func transactions() async throws -> Int {
    try await mesh.database.query(
      "SELECT count(*) FROM ledger_transactions WHERE account_id = \(account)::uuid"
    ).one().decode(Int.self, at: 0)
  }

  /// Dollars available and reserved, shares available and reserved.
  func funds() async throws -> [Decimal] {
    let rows = try await mesh.database.query(
      """
      SELECT available, reserved FROM wallets WHERE account_id = \(account)::uuid
      ORDER BY asset DESC
      """)
    return try rows.flatMap {
      [try $0.decode(Decimal.self, "available"), try $0.decode(Decimal.self, "reserved")]
    }
  }
}
