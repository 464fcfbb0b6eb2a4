import SystemPackage

/// Stops a private server when this process ends in whatever way, `kill -9` included.
///
/// The server's id is read from its own `postmaster.pid`, so a restart needs no new watcher.
struct PostgresWatcher: Sendable {
  // A bare Debian has no `ps`, and not every system has /proc.
  private static let script = """
    name_of() { cat "/proc/$1/comm" 2>/dev/null || ps -o comm= -p "$1"; }
    if [ "$word" != stopped ]; then
      pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
      if [ -n "$pid" ] && [ "$(name_of "$pid")" = postgres ]; then
        kill -INT "$pid"
        n=0
        while [ $n -lt 100 ] && kill -0 "$pid" 2>/dev/null; do sleep 0.1; n=$((n + 1)); done
        kill -QUIT "$pid" 2>/dev/null
      fi
    fi
    rm -rf "$2"
    if [ "$3" = temporary ]; then rm -rf "$1"; fi
    """

  private let lifeline: Lifeline

  init(folders: PostgresFolders, isTemporary: Bool) throws(PrivatePostgresError) {
    do {
      lifeline = try Lifeline(
        script: Self.script,
        arguments: [folders.root, folders.socket, isTemporary ? "temporary" : "kept"])
    } catch {
      throw .system("cannot make a pipe: \(error)")
    }
  }

  /// Tells that the server has stopped and waits until its folders are removed.
  func release() async { await lifeline.release() }
}
