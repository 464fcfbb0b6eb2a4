import Argon2
import Dispatch
import Synchronization
import Testing

@Suite("Argon2")
struct Argon2Tests {
  static let cheap = Argon2Parameters(memoryKiB: 64, passes: 1, lanes: 1, hashBytes: 32)
  static let salt = Array("0123456789abcdef".utf8)
  static let password = Array("correct horse battery staple".utf8)

  @Test("RFC 9106 section 5.3")
  func published() throws {
    let hash = try Argon2id.hash(
      [UInt8](repeating: 1, count: 32), salt: [UInt8](repeating: 2, count: 16),
      secret: [UInt8](repeating: 3, count: 8), associatedData: [UInt8](repeating: 4, count: 12),
      parameters: Argon2Parameters(memoryKiB: 32, passes: 3, lanes: 4, hashBytes: 32))
    #expect(
      hash == [
        0x0d, 0x64, 0x0d, 0xf5, 0x8d, 0x78, 0x76, 0x6c, 0x08, 0xc0, 0x37, 0xa3, 0x4a, 0x8b, 0x53,
        0xc9, 0xd0, 0x1e, 0xf0, 0x45, 0x2d, 0x75, 0xb6, 0x5e, 0xb5, 0x25, 0x20, 0xe9, 0x6b, 0x01,
        0xe6, 0x59,
      ])
  }

  @Test("the reference implementation's test vector verifies")
  func foreignString() throws {
    let phc =
      "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
    #expect(try Argon2id.verify(Array("password".utf8), against: phc))
    #expect(try !Argon2id.verify(Array("Password".utf8), against: phc))
  }

  @Test("an encoded password verifies, another does not")
  func roundTrip() throws {
    let phc = try Argon2id.encode(Self.password, salt: Self.salt, parameters: Self.cheap)
    #expect(phc.hasPrefix("$argon2id$v=19$m=64,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$"))
    #expect(try Argon2id.verify(Self.password, against: phc))
    #expect(try !Argon2id.verify(Self.password + [0x20], against: phc))
    #expect(try !Argon2id.verify([], against: phc))
  }

  @Test("bytes after a NUL count")
  func embeddedNUL() throws {
    let phc = try Argon2id.encode(Self.password + [0, 1], salt: Self.salt, parameters: Self.cheap)
    #expect(try !Argon2id.verify(Self.password + [0, 2], against: phc))
    #expect(try Argon2id.verify(Self.password + [0, 1], against: phc))
  }

  @Test("what is no argon2id hash is an error, not a wrong password")
  func damaged() throws {
    let phc = try Argon2id.encode(Self.password, salt: Self.salt, parameters: Self.cheap)
    for text in ["", "x", String(phc.dropLast(20)), phc.replacing("argon2id", with: "argon2i")] {
      #expect(throws: Argon2Error.self, "\(text)") {
        try Argon2id.verify(Self.password, against: text)
      }
    }
  }

  @Test("parameters outside the limits are named")
  func limits() {
    #expect(throws: Argon2Error.invalidArgument("Salt is too short")) {
      try Argon2id.encode(Self.password, salt: [1, 2, 3], parameters: Self.cheap)
    }
    var parameters = Self.cheap
    parameters.memoryKiB = 1
    #expect(throws: Argon2Error.invalidArgument("Memory cost is too small")) {
      try Argon2id.encode(Self.password, salt: Self.salt, parameters: parameters)
    }
  }

  @Test("parameters are read back from the string")
  func parametersOfString() throws {
    for parameters in [Self.cheap, .passwordStorage] {
      let phc = try Argon2id.encode(Self.password, salt: Self.salt, parameters: parameters)
      #expect(Argon2Parameters(phc: phc) == parameters)
    }
    for text in ["", "$argon2i$v=19$m=64,t=1,p=1$a$b", "$argon2id$v=19$m=64,t=1$a$b", "$$$$$"] {
      #expect(Argon2Parameters(phc: text) == nil, "\(text)")
    }
  }
}

@Suite("Argon2Worker")
struct Argon2WorkerTests {
  @Test("no more run at once than may, and all come to their turn")
  func limit() async throws {
    let worker = Argon2Worker(maximumRunning: 2, maximumWaiting: 100)
    let counts = Counts()
    let results = try await withThrowingTaskGroup(of: Int.self) { group in
      for index in 0..<40 {
        group.addTask {
          try await worker.run { () throws(Argon2Error) in
            counts.enter()
            defer { counts.leave() }
            _ = try Argon2id.encode(
              Argon2Tests.password, salt: Argon2Tests.salt, parameters: Argon2Tests.cheap)
            return index
          }
        }
      }
      return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
    }
    #expect(results.count == 40)
    #expect(counts.highest <= 2)
  }

  @Test("beyond the waiting room a caller is refused at once; a cancelled one never starts")
  func refusalAndCancellation() async throws {
    let worker = Argon2Worker(maximumRunning: 1, maximumWaiting: 1)
    let started = DispatchSemaphore(value: 0)
    let release = DispatchSemaphore(value: 0)
    let running = Task {
      try await worker.run { () throws(Argon2Error) in
        started.signal()
        release.wait()
        return "done"
      }
    }
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        started.wait()
        continuation.resume()
      }
    }
    let didStart = Counts()
    // The second takes the only place in the waiting room; of two callers one must be refused.
    let outcomes = await withTaskGroup(of: Argon2Error?.self) { group in
      for _ in 0..<2 {
        group.addTask {
          do throws(Argon2Error) {
            try await worker.run { () throws(Argon2Error) in
              didStart.enter()
            }
            return nil
          } catch { return error }
        }
      }
      let first = await group.next() ?? nil
      group.cancelAll()
      release.signal()
      let second = await group.next() ?? nil
      return [first, second]
    }
    #expect(outcomes == [.overloaded(waiting: 1), .cancelled])
    #expect(didStart.highest == 0)
    #expect(try await running.value == "done")
  }
}

extension Argon2WorkerTests {
  @Test("whoever has its answer has given its place back", .timeLimit(.minutes(5)))
  func oneAfterTheOther() async throws {
    let worker = Argon2Worker(maximumRunning: 1, maximumWaiting: 0)
    for _ in 0..<10_000 { try await worker.run {} }
  }

  @Test("who gives up leaves the place to others before its turn comes")
  func leavingMakesRoom() async throws {
    let worker = Argon2Worker(maximumRunning: 1, maximumWaiting: 1)
    let entered = AsyncStream.makeStream(of: Void.self)
    let release = DispatchSemaphore(value: 0)
    let running = Task {
      try await worker.run { () throws(Argon2Error) in
        entered.continuation.yield()
        release.wait()
      }
    }
    var arrivals = entered.stream.makeAsyncIterator()
    await arrivals.next()
    let hashed = Counts()
    // While the only thread is busy, ten in turn take the one place in the queue and give up.
    for _ in 0..<10 {
      let waiting = Task { () -> Argon2Error? in
        do throws(Argon2Error) {
          try await worker.run { () throws(Argon2Error) in hashed.enter() }
          return nil
        } catch { return error }
      }
      waiting.cancel()
      #expect(await waiting.value == .cancelled)
    }
    let last = Task { try await worker.run { () throws(Argon2Error) in "its turn" } }
    release.signal()
    #expect(try await last.value == "its turn")
    try await running.value
    #expect(hashed.highest == 0)
  }
}

/// How many callers are inside, and the most there ever were.
private final class Counts: Sendable {
  private let state = Mutex((current: 0, highest: 0))

  var highest: Int { state.withLock { $0.highest } }

  func enter() {
    state.withLock {
      $0.current += 1
      $0.highest = max($0.highest, $0.current)
    }
  }

  func leave() { state.withLock { $0.current -= 1 } }
}
