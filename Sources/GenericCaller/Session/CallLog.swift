import Foundation
import Mesh
import RPC
import Registry

/// What `--verbose` tells of a call, on standard error.
struct CallLog {
  private let say: @Sendable (String) -> Void

  init(_ say: @escaping @Sendable (String) -> Void) { self.say = say }

  func begin(_ rpc: RPCDescription, _ target: CallTarget, _ options: CallOptions) {
    let addresses = (try? target.directory.addresses(of: target.service)) ?? []
    let place =
      addresses.isEmpty ? "nowhere" : "\(addresses.map(\.description).joined(separator: ", "))"
    say("* \(target.service) at \(place), as \(target.caller)")
    say("> \(rpc.fullName)")
    if let deadline = options.timeout ?? rpc.method.deadline {
      say("> deadline: \(DurationText.text(deadline))")
    }
    for element in options.metadata.elements { say("> \(text(element))") }
  }

  func end(_ metadata: ResponseMetadata?, _ status: StatusCode, _ time: Duration) {
    for element in metadata?.initial.elements ?? [] { say("< \(text(element))") }
    for element in metadata?.trailing.elements ?? [] { say("< \(text(element)) (trailing)") }
    say("< status: \(status.name) after \(DurationText.text(time))")
  }

  private func text(_ element: Metadata.Element) -> String {
    switch element.value {
    // What is shown may be copied into a report; a token must not.
    case .text(let text) where element.name == CallHead.authorizationName:
      "\(element.name): \(text.prefix { $0 != " " }) (\(text.count) characters, not shown)"
    case .text(let text): "\(element.name): \(text)"
    case .bytes(let bytes): "\(element.name): \(Data(bytes).base64EncodedString())"
    }
  }
}
