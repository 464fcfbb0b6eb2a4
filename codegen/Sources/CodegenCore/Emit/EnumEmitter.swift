/// Writes an enum: its cases, `unrecognized` for the numbers of a newer contract, its aliases.
struct EnumEmitter {
  private let type: EnumModel

  init(_ type: EnumModel) { self.type = type }

  func emit(into writer: inout SwiftWriter) {
    writer.comment(type.comment)
    writer.block("public enum \(type.name): Sendable {") { writer in
      for value in type.cases {
        writer.comment(value.comment)
        writer.line("case \(ReservedNames.declared(value.name))")
      }
      writer.line("/// A number that this version of the contract does not name.")
      writer.line("case unrecognized(Int32)")
      for value in type.values {
        guard let aliased = value.aliased else { continue }
        writer.line()
        writer.comment(value.comment)
        let name = ReservedNames.declared(value.name)
        writer.line("public static let \(name) = \(type.name).\(aliased)")
      }
    }
  }

  /// Writes the conformance, as an extension outside every type.
  func emitConformance(into writer: inout SwiftWriter) {
    writer.line()
    writer.block("extension \(type.type.qualified): Protobuf.Enum {") { writer in
      writer.line("public static let enumName = \(quoted(type.type.proto))")
      writer.line()
      writer.block("public init(rawValue: Int32) {") { writer in
        writer.choice(over: "rawValue") { writer in
          for value in type.cases {
            writer.line("case \(grouped(value.number)): self = .\(value.name)")
          }
          writer.line("default: self = .unrecognized(rawValue)")
        }
      }
      writer.line()
      writer.block("public var rawValue: Int32 {") { writer in
        writer.choice(over: "self") { writer in
          for value in type.cases { writer.line("case .\(value.name): \(grouped(value.number))") }
          writer.line("case .unrecognized(let number): number")
        }
      }
      writer.line()
      writer.block("public static let valueNames = Protobuf.EnumNames([", closing: "])") { writer in
        for value in type.values {
          let names = [quoted(value.shortName), quoted(value.protoName)]
          writer.call(".value(", [grouped(value.number)] + names, "),")
        }
      }
    }
  }
}
