import Foundation

/// Where the brokers are: a fixed list, or a file that says so at each connection.
///
/// The file form serves a broker that picks its own port, such as the development broker: clients
/// read the file again when they connect, and a new address in it means a new broker.
public struct KafkaBrokers: Sendable, Hashable, CustomStringConvertible {
  private enum Source: Sendable, Hashable {
    case list(String)
    case file(path: String)
  }

  private let source: Source

  /// Reads `host:port[,host:port…]` or `file:/absolute/path`.
  ///
  /// - Throws: ``KafkaError`` with code ``KafkaError/Code/invalidArgument`` that names the rule.
  public init(_ text: String) throws(KafkaError) {
    if text.hasPrefix("file:") {
      let path = String(text.dropFirst("file:".count))
      guard path.hasPrefix("/") else {
        throw KafkaError(.invalidArgument, "\"\(text)\": file: takes an absolute path")
      }
      source = .file(path: path)
    } else {
      source = .list(try Self.checkedList(text))
    }
  }

  /// A file whose first line is the list of brokers.
  public static func file(_ path: String) -> KafkaBrokers {
    KafkaBrokers(source: .file(path: path))
  }

  private init(source: Source) { self.source = source }

  /// The list of brokers now.
  ///
  /// - Throws: ``KafkaError`` with code ``KafkaError/Code/noAddress`` while the file is absent or
  ///   unreadable: the broker is not up yet.
  public func resolve() throws(KafkaError) -> String {
    switch source {
    case .list(let list): return list
    case .file(let path):
      guard let data = FileManager.default.contents(atPath: path),
        let text = String(bytes: data, encoding: .utf8)
      else {
        throw KafkaError(.noAddress, "\(path): no broker has written its address there")
      }
      let line = text.prefix { !$0.isNewline }
      return try Self.checkedList(String(line))
    }
  }

  /// The text it is made from.
  public var description: String {
    switch source {
    case .list(let list): list
    case .file(let path): "file:\(path)"
    }
  }

  private static func checkedList(_ text: String) throws(KafkaError) -> String {
    let entries = text.split(separator: ",", omittingEmptySubsequences: false)
    for entry in entries {
      guard let colon = entry.lastIndex(of: ":"), colon != entry.startIndex,
        let port = UInt16(entry[entry.index(after: colon)...]), port > 0,
        !entry.contains(where: \.isWhitespace)
      else {
        throw KafkaError(
          .invalidArgument, "\"\(text)\": brokers are host:port[,host:port…] or file:/path")
      }
    }
    return text
  }
}
