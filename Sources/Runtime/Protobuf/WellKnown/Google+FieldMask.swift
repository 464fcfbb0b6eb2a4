extension Google {
  /// The fields an update touches; source: google/protobuf/field_mask.proto.
  ///
  /// In JSON one text of lowerCamelCase paths: `displayName,settings.language`.
  public struct FieldMask: Message {
    /// The full name in the contract.
    public static let messageName = "google.protobuf.FieldMask"
    /// The fields by name.
    public static let fields = FieldNames([.repeated(1, "paths", "paths")])

    /// The paths, in the contract's names.
    public var paths: [String] = []
    /// Fields of a newer contract.
    public var unknownFields = UnknownFields()

    /// No paths.
    public init() {}

    /// Takes paths in the contract's names.
    public init(_ paths: [String]) { self.paths = paths }

    /// Reads the paths.
    public mutating func merge(from reader: inout BinaryReader) throws(BinaryDecodingError) {
      while let tag = try reader.nextTag() {
        switch tag {
        case 10: try reader.repeated(&paths, Wire.String.self)
        default: try reader.unknown(tag, into: &unknownFields)
        }
      }
    }

    /// Writes the paths.
    public func encode(into writer: inout BinaryWriter) {
      writer.repeated(1, paths, Wire.String.self)
      writer.unknownFields(unknownFields)
    }

    /// Reads paths separated by commas.
    public mutating func merge(from reader: inout JSONReader) throws(JSONDecodingError) {
      let place = try reader.expectString("a field mask")
      let text = try reader.string()
      if text.isEmpty { return }
      for path in text.split(separator: ",", omittingEmptySubsequences: false) {
        guard let name = Self.snakeCase(path) else {
          throw reader.failure(.invalidFieldMask, at: place)
        }
        paths.append(name)
      }
    }

    /// Writes paths separated by commas; one that has no lowerCamelCase form as it is.
    public func encode(into writer: inout JSONWriter) {
      writer.text(paths.map { Self.camelCase($0) ?? $0 }.joined(separator: ","))
      if let path = paths.first(where: { Self.camelCase($0) == nil }) {
        writer.note(.invalidFieldMask, path)
      }
    }
  }
}

extension Google.FieldMask {
  /// `displayName` to `display_name`; nil for a path that holds anything but names and points.
  static func snakeCase(_ path: Substring) -> String? {
    guard !path.isEmpty else { return nil }
    var result = ""
    for character in path.unicodeScalars {
      switch character {
      case "A"..."Z":
        result += "_"
        result.unicodeScalars.append(Unicode.Scalar(UInt8(character.value + 32)))
      case "a"..."z", "0"..."9", ".": result.unicodeScalars.append(character)
      default: return nil
      }
    }
    return result
  }

  /// `display_name` to `displayName`; nil unless it can be turned back.
  static func camelCase(_ path: String) -> String? {
    guard !path.isEmpty else { return nil }
    var result = ""
    var isAfterUnderscore = false
    for character in path.unicodeScalars {
      switch character {
      case "a"..."z" where isAfterUnderscore:
        result.unicodeScalars.append(Unicode.Scalar(UInt8(character.value - 32)))
        isAfterUnderscore = false
      case "_" where !isAfterUnderscore: isAfterUnderscore = true
      case "a"..."z", "0"..."9", ".":
        guard !isAfterUnderscore else { return nil }
        result.unicodeScalars.append(character)
      default: return nil
      }
    }
    return isAfterUnderscore ? nil : result
  }
}
