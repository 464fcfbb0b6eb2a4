import Certificates
import Core
import Foundation
import Glibc
import Logging
import TLS
import TestSupport
import Testing

@testable import ProcessKit

@Suite(.timeLimit(.minutes(5))) struct CredentialWatchTests {
  let certificates: TestCertificates
  let trading: TestIdentity
  let source: TLSCredentialSource
  let log = LogCapture()

  init() throws {
    certificates = try TestCertificates()
    trading = try TestIdentity(certificates, service: "trading")
    source = try TLSCredentialSource(
      .init(identity: trading.paths, trustedAuthoritiesPath: certificates.authorityPath))
  }

  private func lines(_ message: String) -> [LogCapture.Line] {
    log.lines.filter { $0.message == message }
  }

  private static let taken = "new certificates are in use"
  private static let refused = "new certificates cannot be used: the old ones stay"

  private func watch<Signals: AsyncSequence & Sendable>(
    every interval: Duration, rereadingAt signals: Signals,
    _ body: @Sendable () async throws -> Void
  ) async throws where Signals.Failure == Never, Signals.Element: Sendable {
    let watch = CredentialWatch(source, interval: interval, logger: log.logger)
    try await withBackground({ await watch.run(rereadingAt: signals) }, body: body)
  }

  @Test func newFilesAreFoundByLooking() async throws {
    let (signals, _) = AsyncStream.makeStream(of: Void.self)
    try await watch(every: .milliseconds(10), rereadingAt: signals) {
      let before = source.current
      try trading.rotate()
      try await eventually { source.current !== before }
      try await eventually { !lines(Self.taken).isEmpty }
    }
    let certificate = try #require(source.current.certificate)
    let line = try #require(lines(Self.taken).last)
    #expect(line.level == .notice)
    #expect(line.metadata["serial"] == "\(certificate.serialNumber)")
    #expect(line.metadata["valid_until"] == "\(certificate.validUntil)")
  }

  @Test func newFilesAreReadAtASignal() async throws {
    let (signals, continuation) = AsyncStream.makeStream(of: Void.self)
    try await watch(every: .seconds(3600), rereadingAt: signals) {
      let before = source.current
      try trading.rotate()
      continuation.yield()
      try await eventually { source.current !== before }
    }
  }

  @Test func theSignalIsSIGHUP() async throws {
    let watch = CredentialWatch(source, interval: .seconds(3600), logger: log.logger)
    try await withBackground({ await watch.run() }) {
      let before = source.current
      try trading.rotate()
      // Until the watch listens the signal would end this process.
      try await eventually {
        var action = sigaction()
        return sigaction(SIGHUP, nil, &action) == 0 && action.__sigaction_handler.sa_handler != nil
      }
      kill(getpid(), SIGHUP)
      try await eventually { source.current !== before }
    }
  }

  @Test func aFailureIsNamedOnceAndAgainWhenAskedFor() async throws {
    let (signals, continuation) = AsyncStream.makeStream(of: Void.self)
    try await watch(every: .milliseconds(5), rereadingAt: signals) {
      let before = source.current
      try Data("nonsense".utf8).write(to: URL(filePath: trading.paths.privateKeyPath))
      try await eventually { !lines(Self.refused).isEmpty }
      // Looked at many times, spoken of once.
      try await Task.sleep(for: .milliseconds(100))
      #expect(lines(Self.refused).count == 1)
      continuation.yield()
      try await eventually { lines(Self.refused).count == 2 }
      #expect(source.current.certificate == before.certificate)
      try trading.rotate()
      try await eventually { source.current.certificate != before.certificate }
    }
    let line = try #require(lines(Self.refused).first)
    #expect(line.level == .error)
    #expect("\(line.metadata["error"] ?? "")".contains(trading.paths.privateKeyPath))
  }

  @Test func endsThatAreNearAreSpokenOfOnceAnHour() throws {
    let report = CredentialReport(log.logger)
    let own = try #require(source.current.certificate)
    let begin = own.validFrom
    let unchanged = source.refresh(now: SystemClock().now)
    func look(at now: Instant) {
      report.report(unchanged, source.current, isAskedFor: false, at: now)
    }
    report.remind(of: source.current, at: begin)
    #expect(log.lines.isEmpty)
    // Certificates of tests last half an hour: the last third of that is near the end.
    let near = own.validUntil - .seconds(60)
    report.remind(of: source.current, at: near)
    #expect(lines("a certificate ends soon").map(\.level) == [.warning])
    #expect(lines("a certificate ends soon").first?.metadata["certificate"] == "our certificate")
    look(at: near + .seconds(59))
    #expect(log.lines.count == 1)
    look(at: near + CredentialWatch.reminderInterval)
    #expect(lines("a certificate has ended").map(\.level).contains(.error))
  }
}
