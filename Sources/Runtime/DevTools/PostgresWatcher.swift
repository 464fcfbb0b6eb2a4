import Subprocess
import SystemPackage

/// Stops a private server when this process ends in whatever way, `kill -9` included.
///
/// A shell waits on a pipe whose other end only this process holds. A word on the pipe says that
/// the server has been stopped in good order; the end of the pipe says that this process is gone.
/// The server's id is read from its own `postmaster.pid`, so a restart needs no new watcher.
struct PostgresWatcher: Sendable {
  private static let script = """
    trap '' INT TERM HUP
    read -r word
    if [ "$word" != stopped ]; then
      pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
      if [ -n "$pid" ] && [ "$(ps -o comm= -p "$pid")" = postgres ]; then
        kill -INT "$pid"
        n=0
        while [ $n -lt 100 ] && kill -0 "$pid" 2>/dev/null; do sleep 0.1; n=$((n + 1)); done
        kill -QUIT "$pid" 2>/dev/null
      fi
    fi
    rm -rf "$2"
    if [ "$3" = temporary ]; then rm -rf "$1"; fi
    """

  private let lifeline: FileDescriptor
  private let life: Task<Void, Never>

  init(folders: PostgresFolders, isTemporary: Bool) throws(PrivatePostgresError) {
    let ends: (readEnd: FileDescriptor, writeEnd: FileDescriptor)
    do {
      ends = try FileDescriptor.pipe(options: .closeOnExec)
    } catch {
      throw .system("cannot make a pipe: \(error)")
    }
    lifeline = ends.writeEnd
    life = Task {
      var options = PlatformOptions()
      options.processGroupID = 0
      _ = try? await Subprocess.run(
        .path("/bin/sh"),
        arguments: [
          "-c", Self.script, "sh", folders.root, folders.socket,
          isTemporary ? "temporary" : "kept",
        ],
        platformOptions: options,
        input: .fileDescriptor(ends.readEnd, closeAfterSpawningProcess: true),
        output: .discarded)
    }
  }

  /// Tells that the server has stopped and waits until its folders are removed.
  func release() async {
    _ = try? lifeline.writeAll("stopped\n".utf8)
    try? lifeline.close()
    await life.value
  }
}
