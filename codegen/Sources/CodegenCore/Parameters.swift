/// What the command line asks of the plugin: `--alphintra_opt=outputs=contracts,package=…`.
public struct Parameters: Sendable, Hashable {
  /// What to generate from the contracts.
  public enum Output: String, Sendable, Hashable, CaseIterable {
    /// Messages, services, clients and topics: one folder per contract module.
    case contracts
    /// Routes and channels of the gateway: one flat folder.
    case routes
    /// RPCs and their messages for generic callers: one flat folder.
    case registry
    /// The files themselves, for servers that describe what they serve: one file beside the registry's.
    case descriptors
    /// What the gateway offers, as OpenAPI: one file.
    case openapi
    /// Who may call which RPC, as Markdown: one file.
    case access
    /// Who may call which RPC, as policies of Kubernetes: one file.
    case policies
    /// What brokers must know of topics, as JSON: one file.
    case topics
    /// What the contract tests hold the other outputs to: one flat folder.
    case tests
  }

  /// What to generate.
  public var output: Output = .contracts
  /// Module and namespace of the packages for which the rule gives another name than is wanted.
  public var packages: [String: SwiftPackageName] = [:]

  /// Creates the parameters that hold when nothing is stated.
  public init() {}

  /// Reads the comma-separated parameter of a request.
  ///
  /// - `outputs=` and one of ``Output``
  /// - `package=<proto package>=<Module>/<Namespace>`, as often as needed
  public init(_ text: String) throws(ParametersError) {
    for item in text.split(separator: ",") {
      let parts = item.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
      switch (parts[0], parts.count) {
      case ("outputs", 2):
        guard let output = Output(rawValue: parts[1]) else { throw ParametersError(String(item)) }
        self.output = output
      case ("package", 3):
        let names = parts[2].split(separator: "/").map(String.init)
        guard names.count == 2 else { throw ParametersError(String(item)) }
        packages[parts[1]] = SwiftPackageName(module: names[0], namespace: names[1])
      default:
        throw ParametersError(String(item))
      }
    }
  }

  /// The Swift names of a proto package: stated, or by rule.
  func name(ofPackage package: String) -> SwiftPackageName {
    packages[package] ?? SwiftPackageName(package: package)
  }
}

/// A parameter the plugin does not understand.
public struct ParametersError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The item as given.
  public var item: String

  init(_ item: String) { self.item = item }

  /// What is wrong and what would be right.
  public var description: String {
    let outputs = Parameters.Output.allCases.map { "outputs=\($0.rawValue)" }
    return """
      unknown parameter "\(item)": use \(outputs.joined(separator: ", ")) or \
      package=<proto package>=<Module>/<Namespace>
      """
  }
}

/// Where the code of a proto package lives: `TradingContract` (module), `TradingV1` (namespace in it).
public struct SwiftPackageName: Sendable, Hashable {
  /// The Swift module.
  public var module: String
  /// The caseless enum that all types of the package are nested in.
  public var namespace: String

  /// States both names.
  public init(module: String, namespace: String) {
    self.module = module
    self.namespace = namespace
  }

  /// The names by rule: `alphintra.trading.v1` becomes `TradingContract` and `TradingV1`.
  ///
  /// The namespace joins the package's parts without a leading `alphintra`; the module leaves the
  /// version out, so that a later version stands beside the first in one module.
  public init(package: String) {
    var parts = package.split(separator: ".").map { SwiftName.upperCamel(String($0)) }
    if parts.first == "Alphintra" { parts.removeFirst() }
    namespace = parts.joined()
    if let last = parts.last, SwiftPackageName.isVersion(last) { parts.removeLast() }
    module = parts.joined() + "Contract"
  }

  /// The folder of the module's sources, and the stem of its routes' file.
  var folder: String {
    module.hasSuffix("Contract") ? String(module.dropLast("Contract".count)) : module
  }

  private static func isVersion(_ part: String) -> Bool {
    part.first == "V" && part.dropFirst().first?.isNumber == true
  }
}
