import AssetContract
import Configuration
import Core
import Postgres
import Protobuf
import RPC
import ServiceKit
import TestSupport
import Testing

@testable import AssetService

@Suite struct DepositTests {
  @Test func aReferenceIsCreditedOnce() async throws {
    let fixture = try await AssetFixture()
    let owner = try fixture.owner()
    let first = try await fixture.deposit("100.5", to: owner.user, reference: "wire-1")
    #expect(first.accountID == owner.user && first.reference == "wire-1")
    #expect(try await fixture.deposit("100.5", to: owner.user, reference: "wire-1") == first)
    let again = try await withThrowingTaskGroup(of: AssetV1.Deposit.self) { group in
      for _ in 0..<30 {
        group.addTask { try await fixture.deposit("7", to: owner.user, reference: "wire-2") }
      }
      return try await group.reduce(into: Set<AssetV1.Deposit>()) { $0.insert($1) }
    }
    #expect(again.count == 1)
    #expect(try await owner.funds() == [try Decimal("107.5"), 0])
    let transactions = try await owner.transactions()
    #expect(transactions.map(\.reference) == ["wire-2", "wire-1"])
    #expect(transactions.map(\.kind) == [.deposit, .deposit])
    #expect(transactions[1].transactionID == first.transactionID)
    #expect(transactions[1].postings.map(\.ledgerAccount) == [.available, .external])
    #expect(
      transactions[1].postings.map(\.amount) == [try Decimal("100.5"), try Decimal("-100.5")])
  }

  @Test(
    "a deposit whose answer was lost with its process is answered under its key, and credited once")
  func lostAnswer() async throws {
    let fixture = try await AssetFixture()
    let owner = try fixture.owner()
    let teller = AssetFixture.newID()
    let first = try await fixture.deposit(
      "100", to: owner.user, reference: "wire-1", by: teller, key: "k")
    // As if the process had died after the deposit was stored.
    try await fixture.service.database.pool.execute(
      """
      UPDATE asset.idempotency
      SET code = NULL, message = '', body = NULL, claimed_until = now()
      """)
    let again = try await fixture.deposit(
      "100", to: owner.user, reference: "wire-1", by: teller, key: "k")
    #expect(again == first)
    #expect(try await owner.funds() == [100, 0])
    #expect(try await owner.transactions().count == 1)
    let other = await failure {
      try await fixture.deposit("101", to: owner.user, reference: "wire-1", by: teller, key: "k")
    }
    #expect(other?.errorInfo?.reason == IdempotencyKey.reusedReason)
  }

  @Test func anotherRequestUnderTheSameReferenceIsAConflict() async throws {
    let fixture = try await AssetFixture()
    let (owner, other) = (try fixture.owner(), try fixture.owner())
    let first = try await fixture.deposit("100", to: owner.user, reference: "wire-1")
    let wrong = [
      ("101", "USD", owner.user), ("100", "EUR", owner.user), ("100", "USD", other.user),
    ]
    for (amount, asset, user) in wrong {
      let error = await failure {
        try await fixture.deposit(amount, asset, to: user, reference: "wire-1")
      }
      #expect(error?.code == .alreadyExists, "\(amount) \(asset)")
      #expect(error?.errorInfo?.reason == "DEPOSIT_REFERENCE_TAKEN")
      #expect(error?.errorInfo?.metadata["deposit_id"] == first.depositID)
    }
    #expect(try await owner.funds() == [100, 0])
    #expect(try await other.wallets().isEmpty)
  }

  @Test("two accounts, one reference, at once: one of them is credited")
  func race() async throws {
    let fixture = try await AssetFixture()
    let owners = try (0..<6).map { _ in try fixture.owner() }
    let errors = await withTaskGroup(of: RPCError?.self) { group in
      for owner in owners {
        group.addTask {
          await failure { try await fixture.deposit("5", to: owner.user, reference: "wire-1") }
        }
      }
      return await group.reduce(into: [RPCError?]()) { $0.append($1) }
    }
    #expect(errors.count { $0 == nil } == 1)
    #expect(errors.compactMap(\.self).allSatisfy { $0.code == .alreadyExists })
    #expect(try await fixture.count("SELECT count(*) FROM asset.postings") == 2)
  }

  @Test("only operators deposit, by a token that may operate")
  func access() async throws {
    let fixture = try await AssetFixture()
    let owner = try fixture.owner()
    let request = try AssetV1.CreateDepositRequest.with {
      $0.accountID = owner.user
      $0.asset = "USD"
      $0.amount = try Decimal("5")
      $0.reference = "wire-1"
    }
    let tokens = fixture.service.tokens
    let refusals = [
      ("ROLE_REQUIRED", tokens.claims(for: owner.user)),
      ("ROLE_REQUIRED", tokens.claims(for: owner.user, scopes: ["operate"])),
      ("SCOPE_REQUIRED", tokens.claims(for: owner.user, roles: ["operator"])),
    ]
    for (reason, claims) in refusals {
      let options = try ServiceFixture.options(token: try tokens.token(claims))
      let error = await failure { try await owner.client.createDeposit(request, options: options) }
      #expect(error?.code == .permissionDenied && error?.errorInfo?.reason == reason)
      let balance = await failure {
        try await owner.client.getTrialBalance(.init(), options: options)
      }
      #expect(balance?.errorInfo?.reason == reason)
    }
    #expect(try await owner.wallets().isEmpty)
  }

  @Test func whatIsTradedIsNotDepositedUnlessToldSo() throws {
    let reader = ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: [:]))
    let configuration = try AssetConfiguration(reader, service: "asset")
    #expect(configuration.listed.map(\.rawValue) == ["USD"])
  }

  @Test func onlyListedAssets() async throws {
    let fixture = try await AssetFixture(settings: ["ASSET_LISTED": "USD,BRK.B"])
    let owner = try fixture.owner()
    try await fixture.deposit("5", "BRK.B", to: owner.user)
    let error = await failure { try await fixture.deposit("5", "UDS", to: owner.user) }
    #expect(error?.code == .invalidArgument && error?.message.contains("UDS") == true)
    #expect(error?.message.contains("only BRK.B, USD") == true)
    await #expect(throws: (any Error).self) {
      _ = try await AssetFixture(settings: ["ASSET_LISTED": "USD,,EUR"])
    }
  }

  @Test("no deposit is so large that sums of the ledger could leave the range of an amount")
  func largestDeposit() async throws {
    let fixture = try await AssetFixture()
    let owner = try fixture.owner()
    try await fixture.deposit("1000000000000", to: owner.user)
    let error = await failure { try await fixture.deposit("1000000000001", to: owner.user) }
    #expect(error?.code == .invalidArgument && error?.message.contains("amount") == true)
    #expect(try await owner.funds() == [1_000_000_000_000, 0])
  }
}
