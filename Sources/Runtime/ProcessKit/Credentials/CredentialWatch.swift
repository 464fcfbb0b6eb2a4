public import Core
public import Logging
public import TLS
import UnixSignals

/// Keeps a process' credentials up to date while it runs, and says what becomes of them.
///
/// Looks at the files at an interval, and reads all of them at SIGHUP. New ones that are good are
/// used from then on; of bad ones the log says what is wrong, and the old ones stay.
public struct CredentialWatch: Sendable {
  /// How often files are looked at unless told otherwise.
  public static let defaultInterval: Duration = .seconds(2)
  /// How often an end that is near is spoken of.
  public static let reminderInterval: Duration = .seconds(3600)

  private let source: TLSCredentialSource
  private let interval: Duration
  private let clock: any Core.Clock
  private let logger: Logger

  /// A watch; nothing is looked at yet.
  public init(
    _ source: TLSCredentialSource, interval: Duration = Self.defaultInterval,
    clock: any Core.Clock = SystemClock(), logger: Logger
  ) {
    self.source = source
    self.interval = interval
    self.clock = clock
    self.logger = logger
  }

  /// Watches until the task is cancelled.
  public func run() async {
    let signals = await UnixSignalsSequence(trapping: .sighup)
    await run(rereadingAt: signals)
  }

  /// Watches until the task is cancelled, and reads all files at each of `signals`.
  func run<Signals: AsyncSequence & Sendable>(
    rereadingAt signals: Signals
  ) async where Signals.Failure == Never, Signals.Element: Sendable {
    let report = CredentialReport(logger)
    report.remind(of: source.current, at: clock.now)
    await withDiscardingTaskGroup { group in
      group.addTask {
        for await _ in signals {
          logger.notice("reading the certificates again", metadata: ["reason": "SIGHUP"])
          refresh(rereading: true, report)
        }
      }
      while (try? await Task.sleep(for: interval)) != nil { refresh(rereading: false, report) }
      group.cancelAll()
    }
  }

  private func refresh(rereading: Bool, _ report: CredentialReport) {
    let now = clock.now
    let refresh = source.refresh(rereading: rereading, now: now)
    report.report(refresh, source.current, isAskedFor: rereading, at: now)
  }
}
