/// Masks applied to messages; source: google/protobuf/field_mask.proto.
///
/// They work on the binary form, so that no message carries code for them.
extension Google.FieldMask {
  /// Refuses a path that does not lead to a field of the message type.
  public func validate<M: Message>(for type: M.Type) throws(FieldMaskError) {
    _ = try FieldMaskTree(self, for: type)
  }

  /// What becomes of lists, maps and messages that a mask names as a whole.
  public enum Merging: Sendable, Hashable {
    /// Lists and maps are added to, messages are merged: the rule of field_mask.proto.
    case adding
    /// They are replaced by what the update holds, or cleared if it holds nothing.
    case replacing
  }

  /// Takes the fields that the mask names over from `update`; others stay as they are.
  ///
  /// A number, text, enum or decimal that the update leaves unset is cleared. A mask without paths
  /// names nothing.
  public func merge<M: Message>(
    _ update: M, into message: inout M, _ merging: Merging = .adding
  ) throws(FieldMaskError) {
    let tree = try FieldMaskTree(self, for: M.self)
    message = try read { () throws(BinaryDecodingError) in
      try tree.merge(update.serialized()[...], into: message.serialized()[...], merging)
    }
  }

  /// Clears the fields that the mask does not name, and those that the contract does not know.
  ///
  /// A mask without paths names everything, as one that is absent.
  public func trim<M: Message>(_ message: inout M) throws(FieldMaskError) {
    if paths.isEmpty { return }
    let tree = try FieldMaskTree(self, for: M.self)
    message = try read { () throws(BinaryDecodingError) in
      try tree.trim(message.serialized()[...])
    }
  }

  private func read<M: Message>(
    _ bytes: () throws(BinaryDecodingError) -> [UInt8]
  ) throws(FieldMaskError) -> M {
    do throws(BinaryDecodingError) {
      return try M(serialized: try bytes())
    } catch {
      // The bytes are those of messages: nothing else can be wrong with them.
      throw FieldMaskError(path: error.path, rule: .depthLimit)
    }
  }
}

extension FieldMaskTree {
  fileprivate func trim(_ bytes: ArraySlice<UInt8>) throws(BinaryDecodingError) -> [UInt8] {
    var result: [UInt8] = []
    for field in try WireFields.all(in: bytes) {
      switch nodes[field.number] {
      case .whole: result += field.bytes
      case .part(let tree): result.append(message: try tree.trim(field.content), field.number)
      case nil: break
      }
    }
    return result
  }

  fileprivate func merge(
    _ update: ArraySlice<UInt8>, into target: ArraySlice<UInt8>,
    _ merging: Google.FieldMask.Merging
  ) throws(BinaryDecodingError) -> [UInt8] {
    var result: [UInt8] = []
    var targets: [Int: [UInt8]] = [:]
    var updates: [Int: [UInt8]] = [:]
    for field in try WireFields.all(in: update) {
      if case .part = nodes[field.number] { updates[field.number, default: []] += field.content }
    }
    for field in try WireFields.all(in: target) {
      switch nodes[field.number] {
      case .whole(let content) where content.isReplaced(merging): break
      case .part where updates[field.number] != nil:
        targets[field.number, default: []] += field.content
      case .whole, .part, nil: result += field.bytes
      }
    }
    // What is updated comes last: of a oneof, the last member holds.
    for field in try WireFields.all(in: update) {
      switch nodes[field.number] {
      case .whole: result += field.bytes
      case .part(let tree):
        guard let update = updates.removeValue(forKey: field.number) else { break }
        let target = targets[field.number] ?? []
        result.append(
          message: try tree.merge(update[...], into: target[...], merging), field.number)
      case nil: break
      }
    }
    return result
  }
}

extension FieldNames.Field.Content {
  /// Whether what was there goes before an update comes.
  fileprivate func isReplaced(_ merging: Google.FieldMask.Merging) -> Bool {
    if case .value = self { true } else { merging == .replacing }
  }
}

extension [UInt8] {
  /// Appends a field that holds a message.
  fileprivate mutating func append(message: [UInt8], _ number: Int) {
    append(varint: UInt64(number) << 3 | UInt64(WireType.lengthDelimited))
    append(varint: UInt64(message.count))
    self += message
  }

  private mutating func append(varint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(rest))
  }
}
