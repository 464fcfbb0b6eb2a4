/// A module of the runtime that generated files are written against.
///
/// A file names the version of the module it needs, so that one which does not fit does not compile.
enum RuntimeModule: String {
  case protobuf = "Protobuf"
  case rpc = "RPC"
  case events = "Events"
  case transcoding = "Transcoding"
  case registry = "Registry"

  /// The version that what is written today needs.
  ///
  /// It moves when generated text begins to use something the module of the last release does not
  /// have. The module then gains the marker of the new version and keeps those of older ones for as
  /// long as it keeps what their text uses.
  var version: Int {
    switch self {
    case .protobuf, .rpc, .events, .transcoding, .registry: 1
    }
  }

  /// The declaration that a module of the right version has.
  var marker: String { "\(rawValue).GeneratedCodeVersion_\(version)" }
}
