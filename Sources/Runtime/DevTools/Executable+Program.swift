import Subprocess
import SystemPackage

extension Executable {
  /// A program by its path, or by a name that is looked up in PATH: `name` refuses what has a slash.
  static func program(_ program: String) -> Executable {
    program.contains("/") ? .path(FilePath(program)) : .name(program)
  }
}
