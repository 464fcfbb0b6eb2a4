/// The value of an option, by the names its own `.proto` file gives.
enum OptionValue: Hashable {
  case integer(Int64)
  case boolean(Bool)
  case text(String)
  case enumeration(String)
  case message(OptionMessage)
}

/// An option that is a message: its fields by name, each with all its values.
struct OptionMessage: Hashable {
  var fields: [String: [OptionValue]] = [:]

  /// The texts of a field; empty when it is unset.
  func texts(_ name: String) -> [String] {
    (fields[name] ?? []).compactMap { if case .text(let text) = $0 { text } else { nil } }
  }

  /// The text of a singular field; empty when it is unset.
  func text(_ name: String) -> String { texts(name).last ?? "" }

  /// The number of a singular field; 0 when it is unset.
  func integer(_ name: String) -> Int64 {
    if case .integer(let number)? = fields[name]?.last { number } else { 0 }
  }

  /// The truth of a singular field; false when it is unset.
  func boolean(_ name: String) -> Bool {
    if case .boolean(let truth)? = fields[name]?.last { truth } else { false }
  }

  /// The values' names of an enum field; empty when it is unset.
  func enumerations(_ name: String) -> [String] {
    (fields[name] ?? []).compactMap { if case .enumeration(let name) = $0 { name } else { nil } }
  }

  /// The value's name of a singular enum field; empty when it is unset.
  func enumeration(_ name: String) -> String { enumerations(name).last ?? "" }

  /// The messages of a field; empty when it is unset.
  func messages(_ name: String) -> [OptionMessage] {
    (fields[name] ?? []).compactMap { if case .message(let message) = $0 { message } else { nil } }
  }
}
