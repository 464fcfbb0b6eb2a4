import ProtobufC

/// Reads custom options with the declarations that came in the same request.
///
/// protobuf-c hands an option over as bytes under a number. The request also carries the file that
/// declares the option, so names and types are looked up there: the generator knows options by name,
/// and a renumbered one needs no change here.
struct OptionReader {
  private let schema: Schema
  /// The extension fields by the options message they extend and their number.
  private var extensions: [String: [Int32: (name: String, field: FieldDescriptor)]] = [:]

  init(_ schema: Schema) {
    self.schema = schema
    for file in schema.files {
      for field in file.extensions {
        let name = file.package.isEmpty ? field.name : "\(file.package).\(field.name)"
        extensions[field.extendee, default: [:]][field.number] = (name, field)
      }
    }
  }

  /// The options of an element by their full names, such as `alphintra.options.access`.
  ///
  /// - Parameters:
  ///   - options: What protobuf-c left over.
  ///   - extendee: The options message, such as `google.protobuf.MethodOptions`.
  func read(_ options: [CustomOption], of extendee: String) throws(OptionError) -> OptionMessage {
    try read(options) { number in extended(extendee, number) }
  }

  private func read(
    _ options: [CustomOption], _ declaration: (Int32) -> (name: String, field: FieldDescriptor)?
  ) throws(OptionError) -> OptionMessage {
    var message = OptionMessage()
    // A message stated in several statements arrives in several pieces that belong together.
    var pieces: [String: (type: String, bytes: [UInt8])] = [:]
    for option in options {
      guard let (name, field) = declaration(option.number) else { continue }
      if field.type == .message, field.label != .repeated {
        pieces[name, default: (field.typeName, [])].bytes += option.value
      } else {
        message.fields[name, default: []] += try values(of: field, option)
      }
    }
    for (name, piece) in pieces {
      message.fields[name] = [.message(try read(piece.bytes, as: piece.type))]
    }
    return message
  }

  private func read(_ bytes: [UInt8], as type: String) throws(OptionError) -> OptionMessage {
    guard let declaration = schema.message(type)?.descriptor else {
      throw OptionError.undeclared(type)
    }
    var reader = WireReader(bytes)
    var options: [CustomOption] = []
    while let option = try reader.next() { options.append(option) }
    // An option may hold options, whose fields are extensions again.
    return try read(options) { number in
      declaration.fields.first { $0.number == number }.map { ($0.name, $0) }
        ?? extended(type, number)
    }
  }

  private func extended(
    _ extendee: String, _ number: Int32
  ) -> (name: String, field: FieldDescriptor)? {
    extensions[extendee]?[number].map { ($0.name, $0.field) }
  }

  private func values(
    of field: FieldDescriptor, _ option: CustomOption
  ) throws(OptionError) -> [OptionValue] {
    switch field.type {
    case .string: return [.text(String(decoding: option.value, as: UTF8.self))]
    case .message: return [.message(try read(option.value, as: field.typeName))]
    case .bool, .enum, .int32, .int64, .uint32, .uint64:
      // Repeated numbers arrive packed.
      var reader = WireReader(option.value)
      var values: [OptionValue] = []
      while !reader.isAtEnd {
        values.append(value(of: field, Int64(bitPattern: try reader.varint())))
      }
      return values
    default: return []
    }
  }

  private func value(of field: FieldDescriptor, _ number: Int64) -> OptionValue {
    switch field.type {
    case .bool: return .boolean(number != 0)
    case .enum:
      let values = schema.enumeration(field.typeName)?.descriptor.values ?? []
      return .enumeration(values.first { Int64($0.number) == number }?.name ?? "\(number)")
    default: return .integer(number)
    }
  }
}

/// Why an option could not be read: protoc would have to have written it wrongly.
enum OptionError: Error {
  case malformed
  case undeclared(String)
}
