internal import NIOCore

/// A reply of Redis, in the second version of its protocol (RESP2).
enum RESPValue: Sendable, Hashable {
  case text(String)
  case error(String)
  case integer(Int64)
  /// Nil for a value that is not there.
  case bulk([UInt8]?)
  /// Nil for a list that is not there.
  case list([RESPValue]?)

  /// The number, if it is one.
  var integer: Int64? {
    if case .integer(let value) = self { value } else { nil }
  }
}

/// What a server says that is not RESP2, or is more than it has to say here.
struct RESPError: Error, Hashable, CustomStringConvertible {
  let description: String
}

/// RESP2 as bytes: replies are read, commands are written.
enum RESP {
  /// Bytes of a line without its end.
  static let lineLimit = 4 * 1024
  /// Bytes of a bulk string.
  static let bulkLimit = 64 * 1024
  /// Entries of a list.
  static let listLimit = 1024
  /// Lists within lists.
  static let depthLimit = 4

  /// A command as bytes: a list of bulk strings.
  static func command(_ parts: [String]) -> [UInt8] {
    var bytes = Array("*\(parts.count)\r\n".utf8)
    for part in parts {
      bytes += "$\(part.utf8.count)\r\n".utf8
      bytes += part.utf8
      bytes += "\r\n".utf8
    }
    return bytes
  }

  /// Takes a reply from a buffer; nil while it is not complete, and then nothing is taken.
  static func reply(_ buffer: inout ByteBuffer) throws(RESPError) -> RESPValue? {
    var rest = buffer
    guard let value = try value(&rest, depth: 0) else { return nil }
    buffer = rest
    return value
  }

  private static func value(
    _ buffer: inout ByteBuffer, depth: Int
  ) throws(RESPError) -> RESPValue? {
    guard let line = try line(&buffer) else { return nil }
    let rest = line.dropFirst()
    switch line.first {
    case "+": return .text(String(rest))
    case "-": return .error(String(rest))
    case ":":
      guard let number = Int64(rest) else { throw RESPError(description: "no integer: \(line)") }
      return .integer(number)
    case "$":
      guard let count = try count(rest, limit: bulkLimit) else { return .bulk(nil) }
      guard buffer.readableBytes >= count + 2 else { return nil }
      let bytes = buffer.readBytes(length: count) ?? []
      guard buffer.readBytes(length: 2) == [13, 10] else {
        throw RESPError(description: "a bulk string of \(count) bytes has no end")
      }
      return .bulk(bytes)
    case "*":
      guard let count = try count(rest, limit: listLimit) else { return .list(nil) }
      guard depth < depthLimit else { throw RESPError(description: "lists within lists") }
      var values: [RESPValue] = []
      for _ in 0..<count {
        guard let value = try value(&buffer, depth: depth + 1) else { return nil }
        values.append(value)
      }
      return .list(values)
    default: throw RESPError(description: "no RESP2: \(line.prefix(40))")
    }
  }

  /// The length of what follows; nil for -1, which stands for nothing.
  private static func count(_ text: Substring, limit: Int) throws(RESPError) -> Int? {
    guard let count = Int(text), (-1...limit).contains(count) else {
      throw RESPError(description: "a length is -1 to \(limit), got \(text.prefix(40))")
    }
    return count == -1 ? nil : count
  }

  private static func line(_ buffer: inout ByteBuffer) throws(RESPError) -> String? {
    let view = buffer.readableBytesView
    guard let end = view.firstIndex(of: 10) else {
      guard view.count <= lineLimit else { throw RESPError(description: "a line has no end") }
      return nil
    }
    let length = end - view.startIndex
    guard length >= 2, length <= lineLimit + 1, view[end - 1] == 13 else {
      throw RESPError(description: "a line of \(length) bytes ends with CR LF")
    }
    let line = String(decoding: view[view.startIndex..<end - 1], as: UTF8.self)
    buffer.moveReaderIndex(forwardBy: length + 1)
    return line
  }
}
