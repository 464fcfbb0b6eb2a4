import ProtobufC

/// Finds the messages that have something to check: rules of their own, or messages with rules inside.
struct CheckedMessages {
  private var checked: Set<String> = []
  /// For each message those that hold it.
  private var holders: [String: Set<String>] = [:]

  init(_ schema: Schema, _ options: OptionReader) {
    for file in schema.files {
      for message in file.messages { add(message, file, parents: [], options) }
    }
    var open = Array(checked)
    while let next = open.popLast() {
      for holder in holders[next] ?? [] where checked.insert(holder).inserted {
        open.append(holder)
      }
    }
  }

  /// Whether a message has something to check.
  func contains(_ name: String) -> Bool { checked.contains(name) }

  private mutating func add(
    _ message: MessageDescriptor, _ file: FileDescriptor, parents: [String],
    _ options: OptionReader
  ) {
    let name = fullName(message.name, file, parents)
    for field in message.fields where field.type == .message {
      holders[field.typeName, default: []].insert(name)
    }
    if hasRules(message, options) { checked.insert(name) }
    for nested in message.messages {
      add(nested, file, parents: parents + [message.name], options)
    }
  }

  private func hasRules(_ message: MessageDescriptor, _ options: OptionReader) -> Bool {
    // What cannot be read is reported where the model is built.
    message.fields.contains { field in
      let read = try? options.read(field.options, of: "google.protobuf.FieldOptions")
      return read?.messages("alphintra.options.rules").contains(where: \.asksForSomething) == true
    }
      || message.oneofs.contains { oneof in
        let read = try? options.read(oneof.options, of: "google.protobuf.OneofOptions")
        return read?.boolean("alphintra.options.required") == true
      }
  }
}

extension OptionMessage {
  /// Whether rules are more than examples.
  fileprivate var asksForSomething: Bool {
    fields.contains { name, values in
      name != "examples"
        && values.allSatisfy { value in
          if case .message(let rules) = value { rules.asksForSomething } else { true }
        }
    }
  }
}
