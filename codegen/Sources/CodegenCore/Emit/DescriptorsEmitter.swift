import ProtobufC

/// Writes the files of contracts with all they import, as a server tells them to whoever asks.
struct DescriptorsEmitter {
  private let packages: [PackageModel]
  private let schema: Schema

  init(_ packages: [PackageModel], _ schema: Schema) {
    self.packages = packages
    self.schema = schema
  }

  /// The file, beside that of the registry.
  var file: SwiftFile {
    var writer = SwiftWriter()
    writer.block("extension AllContracts {") { writer in
      writer.line("/// The files of the contracts, and what they import.")
      writer.block("public static let descriptors = DescriptorPool([", closing: "])") { writer in
        for file in files {
          writer.line("// \(file.name)")
          writer.literal(bytes: file.serialized, closing: ",")
        }
      }
    }
    return SwiftFile(
      name: "AllContracts+Descriptors.swift", sources: packages.flatMap { $0.files.map(\.path) },
      imports: ["Registry"], runtime: .registry, body: writer)
  }

  /// Those to generate and their imports, by name.
  private var files: [FileDescriptor] {
    let byName = Dictionary(schema.files.map { ($0.name, $0) }) { first, _ in first }
    var found: [String: FileDescriptor] = [:]
    var open = packages.flatMap { $0.files.map(\.path) }
    while let name = open.popLast() {
      guard found[name] == nil, let file = byName[name] else { continue }
      found[name] = file
      open += file.dependencies
    }
    return found.values.sorted { $0.name < $1.name }
  }
}

extension SwiftWriter {
  /// Writes bytes as a string literal over several lines, a character of ISO 8859-1 for each.
  mutating func literal(bytes: [UInt8], closing: String) {
    line("\"\"\"")
    // A backslash at the end says that the line's end is no part of the text.
    let width = room - 1
    var text = ""
    for byte in bytes {
      let character = SwiftWriter.escaped(byte)
      // A name is field 1 of most descriptors: lines that begin there stay as they are when others change.
      let isFull = text.utf8.count + character.utf8.count > width
      if isFull || (byte == 0x0A && text.utf8.count > width / 2) {
        line(text + "\\")
        text = ""
      }
      text += character
    }
    line(text)
    line("\"\"\"" + closing)
  }

  private static func escaped(_ byte: UInt8) -> String {
    switch byte {
    case UInt8(ascii: "\n"): "\\n"
    case UInt8(ascii: "\r"): "\\r"
    case UInt8(ascii: "\t"): "\\t"
    case 0: "\\0"
    case UInt8(ascii: "\\"): "\\\\"
    case UInt8(ascii: "\""): "\\\""
    case 0x20..<0x7F: String(UnicodeScalar(byte))
    default: "\\u{\(String(byte, radix: 16))}"
    }
  }
}
