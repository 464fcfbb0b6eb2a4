import DevPlatform
import Foundation

/// What `dev` and `demo` show: one line a step, on a terminal also the one at work.
struct Console: Sendable {
  private static let nameWidth = 13
  private static let detailWidth = 34

  private let isTerminal = isatty(STDOUT_FILENO) == 1

  /// Prints a line at once, also into a pipe.
  func print(_ line: String) {
    // A line may replace that of the step at work.
    let text = isTerminal ? "\r\u{1B}[K\(line)\n" : "\(line)\n"
    FileHandle.standardOutput.write(Data(text.utf8))
  }

  /// Shows a step of the platform.
  func show(_ progress: PlatformProgress) {
    switch progress {
    case .starting(let name):
      guard isTerminal else { return }
      FileHandle.standardOutput.write(Data("\r\u{1B}[K  … \(name)".utf8))
    case .ready(let name, let detail, let time):
      print("  ✓ \(pad(name, Self.nameWidth)) \(pad(detail, Self.detailWidth)) \(seconds(time))")
    case .note(let text):
      print("    \(text)")
    case .stopping(let name):
      print("  ■ \(name)")
    }
  }

  private func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private func seconds(_ time: Duration) -> String {
    let tenths =
      time.components.seconds * 10 + time.components.attoseconds / 100_000_000_000_000_000
    return "\(tenths / 10).\(tenths % 10) s"
  }
}
