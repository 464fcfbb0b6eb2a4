import AuthDomain
import Core
import Testing

@Suite("Refresh tokens") struct RefreshTests {
  static let start = Instant(microseconds: 1_700_000_000_000_000)
  static let rules = SessionRules(
    idleLimit: .seconds(60), lifetime: .seconds(600), grace: .seconds(10), maximumPerUser: 5)

  static func user() throws -> User {
    User(
      id: UserID(rawValue: "u1"), email: try EmailAddress("ada@example.com"),
      displayName: try DisplayName("Ada"), roles: [.trader], createdAt: .epoch, eventCount: 4)
  }

  /// A session that was used `usedAt` seconds after its begin.
  static func session(
    generation: Int64 = 3, usedAt: Int = 100, end: Session.End? = nil
  ) -> Session {
    Session(
      id: SessionID(rawValue: "s1"), userID: UserID(rawValue: "u1"), createdAt: start,
      lastUsedAt: start + .seconds(usedAt), expiresAt: start + .seconds(600),
      generation: generation, end: end)
  }

  /// What becomes of a token, as a word.
  static func outcome(_ generation: Int64, _ session: Session, at second: Int) throws -> String {
    let user = try user()
    do throws(RefreshRejection) {
      switch try Refresh.decide(
        generation: generation, of: session, user, rules, eventID: EventID(rawValue: "e1"),
        at: start + .seconds(second))
      {
      case .rotate: return "rotate"
      case .end: return "end"
      }
    } catch {
      return "\(error)"
    }
  }

  @Test(
    arguments: [
      // The live token, to the last moment of each limit.
      (3, 100, 100, "rotate"), (3, 100, 159, "rotate"), (3, 100, 160, "sessionExpired"),
      (3, 590, 599, "rotate"), (3, 590, 600, "sessionExpired"),
      // The clock of another replica is behind.
      (3, 100, 95, "rotate"), (2, 100, 95, "exchangedJustNow"),
      // The one before: a moment ago, and later.
      (2, 100, 100, "exchangedJustNow"), (2, 100, 109, "exchangedJustNow"), (2, 100, 110, "end"),
      (2, 100, 159, "end"), (2, 100, 160, "sessionExpired"),
      // Older ones, at once. A generation that was never made is none of ours either.
      (1, 100, 100, "end"), (4, 100, 100, "end"),
    ] as [(Int64, Int, Int, String)])
  func table(generation: Int64, usedAt: Int, now: Int, expected: String) throws {
    #expect(try Self.outcome(generation, Self.session(usedAt: usedAt), at: now) == expected)
  }

  @Test(arguments: Session.EndReason.allCases)
  func whatHasEndedStaysEnded(reason: Session.EndReason) throws {
    let session = Self.session(end: .init(reason: reason, time: Self.start))
    for generation in 1...4 as ClosedRange<Int64> {
      #expect(try Self.outcome(generation, session, at: 100) == "sessionEnded")
    }
  }

  @Test("a replay ends the session and is told once")
  func replay() throws {
    let before = Self.session()
    guard
      case .end(let session, let user, let event) = try Refresh.decide(
        generation: 1, of: before, try Self.user(), Self.rules, eventID: EventID(rawValue: "e1"),
        at: Self.start + .seconds(101))
    else {
      Issue.record("the session goes on")
      return
    }
    #expect(session.end == .init(reason: .replayed, time: Self.start + .seconds(101)))
    #expect(session.generation == before.generation && session.lastUsedAt == before.lastUsedAt)
    #expect(user.eventCount == 5 && event.sequence == 5)
    #expect(event.kind == .refreshTokenReplayed && event.sessionID == session.id)
  }

  /// Plays random clients on one family and compares with a plain account of what may happen.
  @Test(arguments: 0..<50 as Range<UInt64>)
  func thereIsOneLiveTokenAtAnyTime(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var session = Self.session(generation: 1, usedAt: 0)
    var now = 0
    var exchangedAt: [Int64: Int] = [:]
    while session.end == nil {
      now += Int.random(in: 0...9, using: &random)
      // Mostly the live token, now and then an older one.
      let isLive = Int.random(in: 0..<8, using: &random) > 0
      let generation =
        isLive ? session.generation : Int64.random(in: 1...session.generation, using: &random)
      let outcome: Refresh.Decision
      do {
        outcome = try Refresh.decide(
          generation: generation, of: session, try Self.user(), Self.rules,
          eventID: EventID(rawValue: "e"), at: Self.start + .seconds(now))
      } catch let rejection as RefreshRejection {
        if rejection == .sessionExpired { break }
        // Refused without harm is only who is late by less than the grace, and by one exchange.
        #expect(rejection == .exchangedJustNow && generation == session.generation - 1)
        #expect(now - (try #require(exchangedAt[generation])) < 10)
        continue
      }
      switch outcome {
      case .rotate(let next):
        #expect(generation == session.generation && exchangedAt[generation] == nil)
        #expect(next.generation == generation + 1)
        exchangedAt[generation] = now
        session = next
      case .end(let next, _, _):
        #expect(exchangedAt[generation] != nil, "a token that nobody had exchanged ended it")
        session = next
      }
    }
  }

  @Test("a session ends once")
  func endsOnce() throws {
    let user = try Self.user()
    let kinds = Session.EndReason.allCases.map { reason in
      EndSession.decide(
        Self.session(), of: user, for: reason, eventID: EventID(rawValue: "e1"), at: Self.start)
    }
    #expect(
      kinds.map { $0?.event.kind } == [
        .loggedOut, .sessionRevoked, .refreshTokenReplayed, .sessionRevoked, .sessionRevoked,
      ])
    let ended = try #require(kinds[0]).session
    #expect(
      EndSession.decide(
        ended, of: user, for: .revoked, eventID: EventID(rawValue: "e2"), at: Self.start) == nil)
  }
}
