import Foundation

/// The three streams of a program, and what is at their ends.
public struct Terminal: Sendable {
  /// The width of pages where there is no terminal to ask.
  public static let defaultWidth = 100

  /// Writes to standard output.
  public var write: @Sendable ([UInt8]) throws(CallFailure) -> Void
  /// Writes a line to standard error.
  public var complain: @Sendable (String) -> Void
  /// Standard input.
  public var input: RequestInput
  /// Whether a person reads standard output.
  public var isInteractive: Bool
  /// How wide a page may be.
  public var width: Int

  /// Names everything.
  public init(
    write: @escaping @Sendable ([UInt8]) throws(CallFailure) -> Void,
    complain: @escaping @Sendable (String) -> Void, input: RequestInput, isInteractive: Bool,
    width: Int = defaultWidth
  ) {
    self.write = write
    self.complain = complain
    self.input = input
    self.isInteractive = isInteractive
    self.width = width
  }

  /// This process's own.
  public static var standard: Terminal {
    let isInteractive = isatty(STDOUT_FILENO) == 1
    return Terminal(
      write: { (bytes) throws(CallFailure) in try writeAll(bytes) },
      complain: { FileHandle.standardError.write(Data("\($0)\n".utf8)) },
      input: RequestInput(descriptor: STDIN_FILENO, name: "standard input"),
      isInteractive: isInteractive, width: isInteractive ? columns : defaultWidth)
  }

  private static var columns: Int {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return defaultWidth
    }
    return Int(size.ws_col)
  }

  private static func writeAll(_ bytes: [UInt8]) throws(CallFailure) {
    var position = 0
    while position < bytes.count {
      let count = bytes[position...].withUnsafeBytes {
        Foundation.write(STDOUT_FILENO, $0.baseAddress, $0.count)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw .output("standard output: \(String(cString: strerror(errno)))")
      }
      position += count
    }
  }
}
