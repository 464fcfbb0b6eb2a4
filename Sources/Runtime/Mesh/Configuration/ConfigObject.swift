import Foundation
internal import Protobuf
internal import RPC

/// Collects what is wrong with a config.
final class ConfigProblems {
  private(set) var list: [ServiceConfigError.Problem] = []

  func note(_ field: String, _ rule: String, _ value: Google.Value? = nil) {
    list.append(.init(field: field, rule: rule, value: value.map(Self.text)))
  }

  private static func text(_ value: Google.Value) -> String {
    value.jsonString()
  }
}

/// An object of a config that is being read: each member is asked for once, and what nobody asked for is
/// wrong.
///
/// A value that breaks its rule is noted, and reads as if it were not there; so is one that is required and
/// not there.
struct ConfigObject {
  /// Where it stands.
  let path: String
  private var members: [String: Google.Value]
  private let problems: ConfigProblems

  /// Reads a file's contents, an object, with `body`.
  ///
  /// - Throws: ``ServiceConfigError``, with everything that is wrong.
  static func read(
    _ json: [UInt8], _ body: (ConfigObject) -> Void
  ) throws(ServiceConfigError) {
    let problems = ConfigProblems()
    do {
      let value = try Google.Value(json: json)
      if let object = ConfigObject(value, at: "", problems) { body(object) }
    } catch {
      problems.note("", "the file must be JSON (\(error))")
    }
    guard problems.list.isEmpty else { throw ServiceConfigError(problems: problems.list) }
  }

  /// The object at a place; nil, and a problem, for anything else.
  init?(_ value: Google.Value, at path: String, _ problems: ConfigProblems) {
    guard case .structValue(let object) = value.kind else {
      problems.note(path, "must be an object", value)
      return nil
    }
    self.path = path
    members = object.fields
    self.problems = problems
  }

  /// The names of the members that nobody has asked for.
  var names: [String] { members.keys.sorted() }

  /// Whether there is a member that nobody has asked for.
  func has(_ name: String) -> Bool { members[name] != nil }

  /// Notes what is wrong with a member, or with the object.
  func note(_ name: String?, _ rule: String, _ value: Google.Value? = nil) {
    problems.note(name.map(field) ?? path, rule, value)
  }

  /// Notes what is wrong with a value of an array.
  func note(at field: String, _ rule: String, _ value: Google.Value) {
    problems.note(field, rule, value)
  }

  /// Notes the members that nobody has asked for.
  func finish() {
    for name in names { note(name, "is nothing that a service config has") }
  }

  // MARK: - Members

  /// A value that is read by `parse`; nil if there is none, or if `parse` says so.
  mutating func value<Value>(
    _ name: String, rule: String, isRequired: Bool = false, _ parse: (Google.Value.Kind) -> Value?
  ) -> Value? {
    let member = members.removeValue(forKey: name)
    guard let member, let kind = member.kind, kind != .nullValue(.nullValue) else {
      if isRequired { note(name, rule) }
      return nil
    }
    guard let value = parse(kind) else {
      note(name, rule, member)
      return nil
    }
    return value
  }

  mutating func string(_ name: String) -> String? {
    value(name, rule: "must be a string") { kind in
      if case .stringValue(let text) = kind { text } else { nil }
    }
  }

  mutating func bool(_ name: String) -> Bool? {
    value(name, rule: "must be true or false") { kind in
      if case .boolValue(let value) = kind { value } else { nil }
    }
  }

  mutating func integer(
    _ name: String, in range: ClosedRange<Int>, isRequired: Bool = false
  ) -> Int? {
    let rule = "must be a whole number, \(range.lowerBound) to \(range.upperBound)"
    return value(name, rule: rule, isRequired: isRequired) { kind in
      guard case .numberValue(let number) = kind, let integer = Int(exactly: number) else {
        return nil
      }
      return range.contains(integer) ? integer : nil
    }
  }

  /// A number above the lower bound.
  mutating func number(
    _ name: String, above lower: Double, upTo upper: Double, isRequired: Bool = false
  ) -> Double? {
    let rule = "must be a number above \(lower.formatted()) and up to \(upper.formatted())"
    return value(name, rule: rule, isRequired: isRequired) { kind in
      guard case .numberValue(let number) = kind else { return nil }
      return number > lower && number <= upper ? number : nil
    }
  }

  /// A status that is a failure, by name or number.
  mutating func failure(_ name: String, isRequired: Bool = false) -> StatusCode? {
    value(name, rule: StatusCode.failureRule, isRequired: isRequired, StatusCode.init(failure:))
  }

  /// Seconds and an `s`, as protobuf writes a duration in JSON; above zero.
  mutating func duration(_ name: String, isRequired: Bool = false) -> Duration? {
    let rule = "must be seconds above 0 and an s, such as \"1.5s\""
    return value(name, rule: rule, isRequired: isRequired) { kind in
      guard case .stringValue(let text) = kind, text.hasSuffix("s"),
        let seconds = Double(text.dropLast()), seconds > 0, seconds <= Self.longestSeconds
      else { return nil }
      return .seconds(seconds)
    }
  }

  private static let longestSeconds = 315_576_000_000.0

  mutating func object(_ name: String) -> ConfigObject? {
    guard let member = members.removeValue(forKey: name), member.kind != .nullValue(.nullValue)
    else { return nil }
    return ConfigObject(member, at: field(name), problems)
  }

  /// The objects of an array; none if there is no such array.
  mutating func objects(_ name: String) -> [ConfigObject] {
    (elements(name) ?? []).compactMap { ConfigObject($0.value, at: $0.field, problems) }
  }

  /// The elements of an array and where they stand.
  mutating func elements(
    _ name: String, isRequired: Bool = false
  ) -> [(value: Google.Value, field: String)]? {
    let elements = value(name, rule: "must be an array", isRequired: isRequired) { kind in
      if case .listValue(let list) = kind { list.values } else { nil }
    }
    return elements?.enumerated().map { ($1, "\(field(name))[\($0)]") }
  }

  private func field(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
}

extension StatusCode {
  /// What ``init(failure:)`` reads.
  static let failureRule = "must be a status that is a failure, such as \"UNAVAILABLE\""

  /// A status that is a failure, by name or number; nil for anything else.
  init?(failure value: Google.Value.Kind?) {
    let code: StatusCode? =
      switch value {
      case .stringValue(let name): Self.allCases.first { $0.name == name.uppercased() }
      case .numberValue(let number): Int(exactly: number).flatMap(StatusCode.init)
      default: nil
      }
    guard let code, code != .ok else { return nil }
    self = code
  }
}
