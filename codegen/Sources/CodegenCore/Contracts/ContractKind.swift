/// What a package is to those who read it, which decides what is asked of it.
enum ContractKind {
  /// Written by others and left as it is.
  case vendored
  /// The words contracts are written in: our options. They mean something to the generator alone.
  case vocabulary
  /// What the services of the platform promise each other and the world outside.
  case platform
  /// For tests and benchmarks, and versions called alpha or beta: nothing is promised to anyone.
  case trial

  init(package: String) {
    let parts = package.split(separator: ".")
    switch (parts.first, parts.dropFirst().first) {
    case ("alphintra", "options"): self = .vocabulary
    case ("alphintra", "testing"), ("bench", _): self = .trial
    case ("alphintra", _):
      let version = parts.last ?? ""
      self = version.contains("alpha") || version.contains("beta") ? .trial : .platform
    default: self = .vendored
    }
  }

  /// Whether it is written here.
  var isOurs: Bool { self != .vendored }
}
