import Subprocess
import SystemPackage

/// Cleans up when this process ends in whatever way, `kill -9` included.
///
/// A shell waits on a pipe whose other end only this process holds. A word on the pipe says that all
/// has been stopped in good order; the end of the pipe says that this process is gone.
struct Lifeline: Sendable {
  private static let prelude = """
    trap '' INT TERM HUP
    read -r word

    """

  private let descriptor: FileDescriptor
  private let life: Task<Void, Never>

  /// Starts the shell.
  ///
  /// - Parameters:
  ///   - script: run at the end; `$word` is "stopped" if all was stopped in good order.
  ///   - arguments: `$1` and so on.
  init(script: String, arguments: [String]) throws(Errno) {
    let ends = try FileDescriptor.pipe(options: .closeOnExec)
    descriptor = ends.writeEnd
    life = Task {
      var options = PlatformOptions()
      options.processGroupID = 0
      _ = try? await Subprocess.run(
        .path("/bin/sh"), arguments: Arguments(["-c", Self.prelude + script, "sh"] + arguments),
        platformOptions: options,
        input: .fileDescriptor(ends.readEnd, closeAfterSpawningProcess: true),
        output: .discarded)
    }
  }

  /// Tells that all has stopped and waits until the shell has cleaned up.
  func release() async {
    _ = try? descriptor.writeAll("stopped\n".utf8)
    try? descriptor.close()
    await life.value
  }
}
