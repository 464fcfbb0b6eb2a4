import Glibc

/// Where log lines go: a file descriptor, one write a line, so lines of many threads and processes
/// do not mix.
public struct LogOutput: Sendable {
  private let descriptor: Int32

  /// The process's standard error.
  public static let standardError = LogOutput(descriptor: STDERR_FILENO)
  /// The process's standard output.
  public static let standardOutput = LogOutput(descriptor: STDOUT_FILENO)

  /// An open descriptor, which stays the caller's.
  public init(descriptor: Int32) { self.descriptor = descriptor }

  /// Whether a person reads it.
  var isTerminal: Bool { isatty(descriptor) == 1 }

  /// Writes a whole line.
  ///
  /// A line that cannot be written is lost: there is nobody to tell.
  func write(_ line: [UInt8]) {
    line.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = Glibc.write(
          descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count > 0 {
          rest = rest.dropFirst(count)
        } else if errno != EINTR {
          return
        }
      }
    }
  }
}
