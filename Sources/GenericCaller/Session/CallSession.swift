import Certificates
import Foundation
import Mesh
import Protobuf
import RPC
public import Registry

/// One run of `alphintra call` after its command line has been read.
public struct CallSession: Sendable {
  /// The variable that holds a user's access token.
  public static let tokenVariable = "ALPHINTRA_TOKEN"

  private let registry: RPCRegistry
  private let flags: CallFlags
  private let environment: [String: String]
  private let terminal: Terminal

  /// A session over a registry.
  public init(
    _ registry: RPCRegistry, _ flags: CallFlags, environment: [String: String], terminal: Terminal
  ) {
    self.registry = registry
    self.flags = flags
    self.environment = environment
    self.terminal = terminal
  }

  /// Prints all services and RPCs.
  public func list() throws(CallFailure) {
    try print(ListPage(registry.services, width: terminal.width).text)
  }

  /// Prints what the contracts say about an RPC, a service or a type.
  public func describe(_ name: String) throws(CallFailure) {
    let page: DescriptionPage
    do throws(UnresolvedName) {
      page = try DescriptionPage(name, in: registry, width: terminal.width)
    } catch {
      throw .usage(Self.explained(error))
    }
    try print(page.text)
  }

  /// Calls an RPC and explains how it failed, if it did.
  ///
  /// - Parameters:
  ///   - name: Any name that `RPCRegistry.rpc(named:)` understands.
  ///   - data: The requests: JSON, `@file`, or `-` for standard input.
  /// - Returns: What the program ends with, one of ``ExitStatus``.
  public func call(_ name: String, data: String?) async -> Int32 {
    let rpc: RPCDescription
    do throws(UnresolvedName) { rpc = try registry.rpc(named: name) } catch {
      terminal.complain(Self.explained(error))
      return ExitStatus.usage
    }
    let correlationID = UUID().uuidString.lowercased()
    do throws(CallFailure) {
      try await call(rpc, data: data, correlationID)
      return 0
    } catch {
      let report = FailureReport(
        error, of: rpc, caller: flags.caller, correlationID: correlationID)
      terminal.complain(report.text)
      return error.exitStatus
    }
  }

  private func call(
    _ rpc: RPCDescription, data: String?, _ correlationID: String
  ) async throws(CallFailure) {
    let requests = try self.requests(of: rpc, data: data)
    let options = try self.options(correlationID)
    let target = try self.target(of: rpc)
    let channel = try target.channel()
    defer { channel.close() }
    let log = flags.verbose ? CallLog(terminal.complain) : nil
    log?.begin(rpc, target, options)
    var call = GenericCall(rpc, options: options)
    call.printing.printingDefaultValues = flags.defaults
    let start = ContinuousClock.now
    do throws(CallFailure) {
      try await call.run(over: channel, requests: requests) { (json) throws(CallFailure) in
        try print(json)
      }
      log?.end(options.responseMetadata, .ok, ContinuousClock.now - start)
    } catch {
      if case .status(let status) = error {
        log?.end(options.responseMetadata, status.code, ContinuousClock.now - start)
      }
      throw error
    }
  }

  // MARK: - What the command line says

  private func requests(
    of rpc: RPCDescription, data: String?
  ) throws(CallFailure) -> RequestInput {
    guard data == nil || flags.data == nil else {
      throw .usage("give the requests as the second argument or by --data, not both")
    }
    // One request is empty unless said otherwise; a stream is whatever is typed.
    let text = data ?? flags.data ?? (rpc.method.kind.streamsRequests ? "-" : "{}")
    if text == "-" { return terminal.input }
    guard text.hasPrefix("@") else { return RequestInput(text: text) }
    return try RequestInput(file: String(text.dropFirst()))
  }

  private func options(_ correlationID: String) throws(CallFailure) -> CallOptions {
    var options = CallOptions(responseMetadata: ResponseMetadata())
    if let text = flags.deadline {
      guard let deadline = CallText.deadline(text) else {
        throw .usage("--deadline takes a time such as 500ms, 2s or 10m, up to 24h, got \"\(text)\"")
      }
      options.timeout = deadline
    }
    for text in flags.metadata { try CallText.add(text, to: &options.metadata) }
    if let token = try token() {
      guard options.metadata[CallHead.authorizationName] == nil else {
        throw .usage("give a token or authorization metadata, not both")
      }
      try CallText.add("\(CallHead.authorizationName)=Bearer \(token)", to: &options.metadata)
    }
    if options.metadata[ServerContext.correlationIDName] == nil {
      try CallText.add(
        "\(ServerContext.correlationIDName)=\(correlationID)", to: &options.metadata)
    }
    return options
  }

  private func token() throws(CallFailure) -> String? {
    guard flags.token == nil || flags.tokenFile == nil else {
      throw .usage("give --token or --token-file, not both")
    }
    if let path = flags.tokenFile {
      do {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
      } catch {
        throw .input("\(path): \(error.localizedDescription)")
      }
    }
    let variable = environment[Self.tokenVariable].flatMap { $0.isEmpty ? nil : $0 }
    return flags.token ?? variable
  }

  private func target(of rpc: RPCDescription) throws(CallFailure) -> CallTarget {
    let service = flags.service ?? registry.service(of: rpc)?.meshName ?? ""
    let directory: ServiceDirectory
    if let text = flags.address {
      guard let address = ServiceAddress(text) else {
        throw .usage("--address takes host:port, got \"\(text)\"")
      }
      directory = ServiceDirectory([service: [address]])
    } else {
      directory = ServiceDirectory(folder: flags.directory)
    }
    return CallTarget(
      certificates: .init(path: flags.certificates), caller: flags.caller, service: service,
      directory: directory)
  }

  // MARK: - What is printed

  private func print(_ json: [UInt8]) throws(CallFailure) {
    let layout = flags.layout ?? (terminal.isInteractive ? .pretty : .compact)
    let text = layout == .pretty ? JSONIndenter.indented(json) : json
    try terminal.write(text + [UInt8(ascii: "\n")])
  }

  private func print(_ page: String) throws(CallFailure) {
    try terminal.write(Array("\(page)\n".utf8))
  }

  private static func explained(_ error: UnresolvedName) -> String {
    "\(error)\nTo do: `alphintra call --list` shows all."
  }
}
