import Protobuf
import TestSupport
import Transcoding

/// Streams that a channel can carry.
extension ChannelCase {
  /// One message of a stream.
  struct Item {
    let kind: ChannelMessage.Kind
    let sequence: Int64
    /// What the service sends.
    let response: Sample
    /// What of it a subscriber gets, in binary form, and its type.
    let payload: [UInt8]
    let type: any Message.Type
    /// What an update replaces earlier ones by.
    let key: String?
  }

  /// A random stream: a snapshot, then updates that count on.
  ///
  /// - Parameter keys: The keys of the updates, where they have any.
  func sample(of response: MessageCase, keys: [String], _ maker: inout SampleMaker) -> [Item] {
    let starts: [Int64] = [0, 41, .max - 9]
    let start = starts.randomElement(using: &maker.random) ?? 0
    let first = item(.snapshot, start, nil, of: response, &maker)
    return [first]
      + keys.enumerated().map { index, key in
        item(.update, start + 1 + Int64(index), key, of: response, &maker)
      }
  }

  private func item(
    _ kind: ChannelMessage.Kind, _ number: Int64, _ key: String?, of response: MessageCase,
    _ maker: inout SampleMaker
  ) -> Item {
    let name = kind == .snapshot ? snapshot : update
    guard let sequence = response.field(sequence), let field = response.field(name),
      case .message(let type) = field.kind, let message = ContractIndex.messages[type.messageName]
    else { preconditionFailure("\(response.name) is no message of channel \(self.name)") }
    var payload = maker.sample(of: message)
    let isConflated = kind == .update && conflateBy != nil
    if isConflated, let key, let conflateBy, let field = message.field(conflateBy) {
      payload.set(field, to: key.isEmpty ? nil : .one(.leaf(.text(key))))
    }
    var sample = Sample()
    sample.set(field, to: .one(.message(payload)))
    if number != 0 {
      let leaf = Leaf.quoted(
        .varint, WireText.varint(UInt64(bitPattern: number)), "\(number)")
      sample.set(sequence, to: .one(.leaf(leaf)))
    }
    return Item(
      kind: kind, sequence: number, response: sample, payload: payload.binary, type: type,
      key: isConflated ? key : nil)
  }
}

extension ChannelCase.Item {
  /// What the gateway says to a subscriber.
  func text(of channel: ChannelCase) throws -> String {
    let data = try type.init(serialized: payload).jsonString(options: .rest)
    return #"{"type":"\#(kind.rawValue)","id":"\#(Conversation.id)","channel":"\#(channel.name)""#
      + #","sequence":"\#(sequence)","data":\#(data)}"#
  }
}
