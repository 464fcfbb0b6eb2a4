public import Configuration
import Foundation

/// Reads and checks the values of one service, and remembers what is wrong with them.
///
/// A service's own value, such as `trading.postgres.host`, counts before the one all services share,
/// `postgres.host`. The environment counts before the file: `TRADING_POSTGRES_HOST`,
/// `POSTGRES_HOST`.
///
/// ```swift
/// var settings = Settings(reader, service: "trading")
/// let limit = settings.integer("risk.open_orders", in: 1...10_000, default: 100)
/// try settings.finish()
/// ```
public struct Settings {
  private let reader: ConfigReader
  private let service: String
  private var problems: [ConfigurationError.Problem] = []

  /// Reads the values of a service; an empty name reads the shared ones only.
  public init(_ reader: ConfigReader, service: String) {
    self.reader = reader
    self.service = service
  }

  /// The environment of this process, and the JSON file that `ALPHINTRA_CONFIG` names, if any.
  ///
  /// - Throws: ``ConfigurationError`` if the file cannot be read.
  public static func standardReader(
    environment: [String: String]? = nil
  ) async throws(ConfigurationError) -> ConfigReader {
    let environment = environment ?? ProcessInfo.processInfo.environment
    let variables = EnvironmentVariablesProvider(environmentVariables: environment)
    guard let path = environment["ALPHINTRA_CONFIG"], !path.isEmpty else {
      return ConfigReader(provider: variables)
    }
    do {
      let location = InMemoryProvider(values: ["filePath": .init(.string(path), isSecret: false)])
      let file = try await FileProvider<JSONSnapshot>(config: ConfigReader(provider: location))
      return ConfigReader(providers: [variables, file])
    } catch {
      throw ConfigurationError([
        .init(
          key: "alphintra.config", rule: "must name a readable JSON file (\(error))", value: path)
      ])
    }
  }

  /// The environment variable of a key: `trading.listen.port` is `TRADING_LISTEN_PORT`.
  static func environmentVariable(of key: String) -> String {
    String(key.uppercased().map { $0.isLetter || $0.isNumber ? $0 : "_" })
  }

  /// Throws everything that was wrong so far.
  public func finish() throws(ConfigurationError) {
    guard problems.isEmpty else { throw ConfigurationError(problems) }
  }

  // MARK: - Values

  /// A value as text, read by `parse`; nil from it means that `rule` is broken.
  ///
  /// - Parameters:
  ///   - rule: what the value must be, to stand after the key: `must be …`.
  ///   - fallback: the value when there is none; nil makes one required.
  /// - Returns: the value, or nil after noting the problem.
  public mutating func value<Value>(
    _ key: String, rule: String, default fallback: Value? = nil, isSecret: Bool = false,
    parse: (String) -> Value?
  ) -> Value? {
    guard let (name, text) = text(of: key, isSecret: isSecret) else {
      if fallback == nil { note(qualified(key), rule, nil) }
      return fallback
    }
    guard let value = parse(text) else {
      note(name, rule, isSecret ? "(hidden)" : text)
      return nil
    }
    return value
  }

  /// A text that is not empty.
  public mutating func string(_ key: String, default fallback: String? = nil) -> String {
    value(key, rule: "must not be empty", default: fallback) { $0.isEmpty ? nil : $0 } ?? ""
  }

  /// A whole number in a range.
  public mutating func integer(
    _ key: String, in range: ClosedRange<Int>, default fallback: Int? = nil
  ) -> Int {
    value(
      key, rule: "must be a whole number, \(range.lowerBound) to \(range.upperBound)",
      default: fallback
    ) { text in
      Int(text).flatMap { range.contains($0) ? $0 : nil }
    } ?? range.lowerBound
  }

  /// A span of time in seconds, with a fraction if need be.
  public mutating func seconds(
    _ key: String, in range: ClosedRange<Double>, default fallback: Duration? = nil
  ) -> Duration {
    value(
      key, rule: "must be seconds, \(range.lowerBound) to \(range.upperBound)", default: fallback
    ) { text in
      Double(text).flatMap { range.contains($0) ? Duration.seconds($0) : nil }
    } ?? .zero
  }

  /// One of the cases of an enumeration.
  public mutating func choice<Value: RawRepresentable<String> & CaseIterable>(
    _ key: String, default fallback: Value? = nil
  ) -> Value? {
    let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
    return value(key, rule: "must be one of \(names)", default: fallback) { Value(rawValue: $0) }
  }

  /// The path of a file that can be read.
  public mutating func file(_ key: String) -> String {
    value(key, rule: "must name a readable file") {
      FileManager.default.isReadableFile(atPath: $0) ? $0 : nil
    } ?? ""
  }

  /// A secret: the first line of the file that `<key>_file` names.
  ///
  /// Secrets are never values themselves, so that no listing of a process shows one.
  public mutating func secret(_ key: String) -> String {
    value("\(key)_file", rule: "must name a readable file whose first line is not empty") { path in
      guard let data = FileManager.default.contents(atPath: path) else { return nil }
      let line = String(decoding: data, as: UTF8.self).prefix { !$0.isNewline }
      return line.isEmpty ? nil : String(line)
    } ?? ""
  }

  /// The lines `name=value` of a file; blank ones and those after `#` do not count.
  public mutating func properties(_ key: String) -> [String: String] {
    value(key, rule: "must name a readable file of lines name=value") { path in
      guard let data = FileManager.default.contents(atPath: path) else { return nil }
      var properties: [String: String] = [:]
      for line in String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline) {
        if line.hasPrefix("#") || line.allSatisfy(\.isWhitespace) { continue }
        guard let equals = line.firstIndex(of: "="), equals != line.startIndex else { return nil }
        properties[String(line[..<equals])] = String(line[line.index(after: equals)...])
      }
      return properties
    } ?? [:]
  }

  /// Whether there is a value.
  public func has(_ key: String) -> Bool { text(of: key, isSecret: true) != nil }

  /// Notes a problem that spans values.
  public mutating func note(_ key: String, _ rule: String, _ value: String?) {
    problems.append(.init(key: key, rule: rule, value: value))
  }

  // MARK: - Lookup

  private func qualified(_ key: String) -> String { service.isEmpty ? key : "\(service).\(key)" }

  private func text(of key: String, isSecret: Bool) -> (name: String, text: String)? {
    let names = service.isEmpty ? [key] : [qualified(key), key]
    for name in names {
      if let text = text(at: ConfigKey(name), isSecret: isSecret) { return (name, text) }
    }
    return nil
  }

  /// Whatever stands there, as text: a file may write a port as a number, the environment cannot.
  private func text(at key: ConfigKey, isSecret: Bool) -> String? {
    reader.string(forKey: key, isSecret: isSecret)
      ?? reader.int(forKey: key, isSecret: isSecret).map { "\($0)" }
      ?? reader.double(forKey: key, isSecret: isSecret).map { "\($0)" }
      ?? reader.bool(forKey: key, isSecret: isSecret).map { "\($0)" }
      ?? reader.stringArray(forKey: key, isSecret: isSecret)?.joined(separator: ",")
  }
}
