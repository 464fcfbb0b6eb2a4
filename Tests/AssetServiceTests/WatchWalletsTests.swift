import AssetContract
import Core
import RPC
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct WatchWalletsTests {
  @Test func aSnapshotThenEachChangeOnce() async throws {
    let fixture = try await AssetFixture()
    try await fixture.runningWithRelay {
      let (owner, other) = (try fixture.owner(), try fixture.owner())
      try await fixture.deposit("100", to: owner.user)
      try await fixture.deposit("100", to: other.user)
      var updates = try await owner.client.watchWallets(.init(), options: owner.options)
        .makeAsyncIterator()
      let snapshot = try #require(try await updates.next())
      #expect(snapshot.sequence == 1)
      #expect(snapshot.snapshot?.wallets == (try await owner.wallets()))
      let (order, trading) = (AssetFixture.newID(), fixture.trading)
      try await trading.reserve("50", order: order, of: owner.user)
      try await trading.reserve("50", order: AssetFixture.newID(), of: other.user)
      try await trading.capture(
        AssetFixture.newID(), give: "20", take: "2", fee: "1", order: order, of: owner.user)
      try await trading.release("20", version: 3, order: order, of: owner.user)
      var seen: [AssetV1.WalletUpdate] = []
      while seen.count < 3, let update = try await updates.next() { seen.append(update) }
      #expect(seen.map(\.sequence) == [2, 3, 4])
      #expect(seen.map { $0.change?.kind } == [.reserve, .settle, .release])
      #expect(seen[1].change?.wallets.map(\.asset) == ["AAPL", "USD"])
      // Applied to the snapshot, the changes are what there is.
      var wallets = Dictionary(
        uniqueKeysWithValues: (snapshot.snapshot?.wallets ?? []).map { ($0.asset, $0) })
      for change in seen.compactMap(\.change) {
        for wallet in change.wallets { wallets[wallet.asset] = wallet }
      }
      #expect(wallets.values.sorted { $0.asset < $1.asset } == (try await owner.wallets()))
    }
  }

  @Test("changes that are made while the stream opens are in it once")
  func gapFree() async throws {
    let fixture = try await AssetFixture()
    let count: Int64 = 60
    try await fixture.runningWithRelay {
      let owner = try fixture.owner()
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          for _ in 0..<count { try await fixture.deposit("1", to: owner.user) }
        }
        for _ in 0..<4 {
          group.addTask {
            var updates = try await owner.client.watchWallets(.init(), options: owner.options)
              .makeAsyncIterator()
            let first = try #require(try await updates.next())
            var sequence = first.sequence
            var total = first.snapshot?.wallets.first?.total ?? 0
            #expect(total == Decimal(Int(sequence)))
            while sequence < count, let update = try await updates.next() {
              #expect(update.sequence == sequence + 1)
              sequence = update.sequence
              total = update.change?.wallets.first?.total ?? 0
              #expect(total == Decimal(Int(sequence)))
            }
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test("any replica streams what another one changed")
  func twoReplicas() async throws {
    let first = try await AssetFixture()
    let second = try await AssetFixture(beside: first)
    try await first.runningWithRelay {
      try await second.runningWithRelay {
        // Each replica has keys of its own for tokens.
        let user = AssetFixture.newID()
        let (here, there) = (try first.owner(user), try second.owner(user))
        var updates = try await there.client.watchWallets(.init(), options: there.options)
          .makeAsyncIterator()
        #expect(try await updates.next()?.sequence == 0)
        try await first.deposit("5", to: user)
        try await second.deposit("5", to: user)
        #expect(try await updates.next()?.sequence == 1)
        #expect(try await updates.next()?.change?.wallets.map(\.total) == [10])
        #expect(try await here.funds() == [10, 0])
      }
    }
  }
}

extension AssetV1.WalletUpdate {
  /// The snapshot, in the first message.
  var snapshot: AssetV1.WalletSnapshot? {
    if case .snapshot(let snapshot) = update { snapshot } else { nil }
  }

  /// The change, in a later message.
  var change: AssetV1.WalletChange? {
    if case .change(let change) = update { change } else { nil }
  }
}
