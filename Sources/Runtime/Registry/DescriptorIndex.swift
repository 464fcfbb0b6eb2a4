import Protobuf

/// Files of contracts by their names, by what they declare, and by what they extend.
public struct DescriptorIndex: Sendable {
  private var files: [String: FileDeclaration] = [:]
  private var symbols: [String: String] = [:]
  private var extensions: [String: [Int32: String]] = [:]

  init(_ bytes: [[UInt8]], declaring services: [String]) throws(BinaryDecodingError) {
    var all: [String: FileDeclaration] = [:]
    for file in bytes {
      let file = try FileDeclaration(file)
      all[file.name] = file
    }
    let wanted = Set(services)
    var open = all.values.filter { file in
      file.declarations.contains { $0.kind == .service && wanted.contains(file.scope + $0.name) }
    }
    while let file = open.popLast() {
      guard files.updateValue(file, forKey: file.name) == nil else { continue }
      for declaration in file.declarations { add(declaration, in: file.scope, of: file.name) }
      open += file.dependencies.compactMap { all[$0] }
    }
  }

  /// The file of this path, such as `alphintra/trading/v1/order.proto`, and then what it imports, each
  /// once; nil if it is not there.
  public func files(from name: String) -> [(name: String, bytes: [UInt8])]? {
    guard let first = files[name] else { return nil }
    var found = [first]
    var seen: Set = [name]
    var next = 0
    while next < found.count {
      for name in found[next].dependencies where seen.insert(name).inserted {
        if let file = files[name] { found.append(file) }
      }
      next += 1
    }
    return found.map { ($0.name, $0.bytes) }
  }

  /// The path of the file that declares a service, RPC, message, field, oneof, enum, enum's value or
  /// extension of this full name.
  public func file(declaring symbol: String) -> String? { symbols[symbol] }

  /// The path of the file that declares the extension of a message by a number.
  public func file(extending type: String, by number: Int32) -> String? {
    extensions[type]?[number]
  }

  /// The numbers by which a message is extended, sorted; nil if there is no such message.
  public func extensionNumbers(of type: String) -> [Int32]? {
    guard symbols[type] != nil else { return nil }
    return extensions[type].map { $0.keys.sorted() } ?? []
  }

  private mutating func add(_ declaration: Declaration, in scope: String, of file: String) {
    let name = scope + declaration.name
    symbols[name] = file
    if !declaration.extendee.isEmpty {
      // Full names have a point in front.
      extensions[String(declaration.extendee.drop { $0 == "." }), default: [:]][
        declaration.number] = file
    }
    // The values of an enum stand beside it, as in C++.
    let inner = declaration.kind == .enumeration ? scope : name + "."
    for child in declaration.children { add(child, in: inner, of: file) }
  }
}
