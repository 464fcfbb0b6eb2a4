import Protobuf
import RPC
public import Registry

/// What the contract says about an RPC, a service or a type.
public struct DescriptionPage: Sendable {
  /// The page.
  public let text: String

  /// The page of whatever a person names: an RPC, else a service, else a message or an enum.
  ///
  /// - Throws: `UnresolvedName` with the RPCs that may have been meant, if it is none of them.
  public init(
    _ name: String, in registry: RPCRegistry, width: Int
  ) throws(UnresolvedName) {
    let failure: UnresolvedName
    do throws(UnresolvedName) {
      self.init(try registry.rpc(named: name), in: registry, width: width)
      return
    } catch {
      failure = error
    }
    if let service = try? registry.service(named: name) {
      self.init(service, width: width)
    } else if let type = try? registry.typeName(named: name) {
      self.init(type: type, in: registry, width: width)
    } else {
      throw failure
    }
  }

  /// The page of an RPC: how it is called, what goes in and out, and a call to fill in.
  public init(_ rpc: RPCDescription, in registry: RPCRegistry, width: Int) {
    var page = PageWriter(width: width)
    page.line(rpc.fullName)
    page.line()
    if !rpc.comment.isEmpty {
      page.paragraphs(rpc.comment, indent: 2)
      page.line()
    }
    page.table(Self.facts(of: rpc))
    var types = TypeSections(registry)
    types.write("request", rpc.request.messageName, &page)
    types.write("response", rpc.response.messageName, &page)
    types.writeOthers(&page)
    page.line()
    page.line("example")
    let skeleton = JSONSkeleton(registry).text(of: rpc.request.messageName)
    let call = "alphintra call \(rpc.name) '\(skeleton)'"
    for line in call.split(separator: "\n") { page.line("  \(line)") }
    text = page.text
  }

  private init(_ service: ServiceDescription, width: Int) {
    var page = PageWriter(width: width)
    page.line(service.name)
    page.line()
    page.paragraphs(service.comment, indent: 2)
    page.line()
    page.table(service.rpcs.map { ($0.method.method, FirstSentence.of($0.comment)) })
    text = page.text
  }

  private init(type: String, in registry: RPCRegistry, width: Int) {
    var page = PageWriter(width: width)
    var types = TypeSections(registry)
    types.write(registry.message(type) == nil ? "enum" : "message", type, &page)
    types.writeOthers(&page)
    text = page.text.trimmingFirstLine()
  }

  private static func facts(of rpc: RPCDescription) -> [(String, String)] {
    let method = rpc.method
    let request = "\(method.kind.streamsRequests ? "stream " : "")\(short(rpc.request.messageName))"
    let response =
      "\(method.kind.streamsResponses ? "stream " : "")\(short(rpc.response.messageName))"
    var facts = [
      ("signature", "rpc \(method.method)(\(request)) returns (\(response))"),
      ("kind", KindText.text(method.kind)),
      ("callers", AccessText.callers(of: rpc)),
      ("user", AccessText.user(of: rpc)),
      ("deadline", method.deadline.map(DurationText.text) ?? "none unless the caller sets one"),
      ("repeating", RepetitionText.text(rpc)),
      ("overload", OverloadText.text(method.criticality)),
    ]
    if let rateClass = method.rateClass {
      facts.append(("rate class", "\(rateClass): calls of one class share a limit of the edge"))
    }
    if method.isAudited { facts.append(("audit", "each call is written down")) }
    if let deprecation = rpc.deprecation { facts.append(("deprecated", deprecation)) }
    for route in rpc.routes { facts.append(("REST", route)) }
    if let channel = rpc.channel { facts.append(("WebSocket", "channel \(channel)")) }
    return facts
  }

  private static func short(_ name: String) -> String { TypeText.short(name) }
}

extension String {
  /// The text without an empty line at its beginning.
  fileprivate func trimmingFirstLine() -> String { hasPrefix("\n") ? String(dropFirst()) : self }
}
