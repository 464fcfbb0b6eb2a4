/// A JSON value for a document that people review: objects keep the order they were built in.
indirect enum JSONNode: Sendable, Hashable {
  case text(String)
  case integer(Int64)
  /// A number by its digits, as the contract states it.
  case number(String)
  case boolean(Bool)
  case array([JSONNode])
  case object([Member])

  /// A name and its value.
  struct Member: Sendable, Hashable {
    var name: String
    var value: JSONNode
  }

  /// The member of an object; nil for a value that has none of this name.
  ///
  /// A new member goes to the end; setting nil takes a member away.
  subscript(name: String) -> JSONNode? {
    get {
      guard case .object(let members) = self else { return nil }
      return members.first { $0.name == name }?.value
    }
    set {
      var members: [Member] = []
      if case .object(let current) = self { members = current }
      let index = members.firstIndex { $0.name == name }
      switch (index, newValue) {
      case (let index?, let value?): members[index].value = value
      case (let index?, nil): members.remove(at: index)
      case (nil, let value?): members.append(Member(name: name, value: value))
      case (nil, nil): break
      }
      self = .object(members)
    }
  }

  /// The first element of an array.
  var first: JSONNode? {
    if case .array(let elements) = self { elements.first } else { nil }
  }

  /// An object with its members in the order of their names.
  static func sorted(_ members: [String: JSONNode]) -> JSONNode {
    .object(members.sorted { $0.key < $1.key }.map { Member(name: $0.key, value: $0.value) })
  }

  /// The value with another's members behind its own.
  func adding(_ other: JSONNode) -> JSONNode {
    var result = self
    if case .object(let members) = other {
      for member in members { result[member.name] = member.value }
    }
    return result
  }
}

extension JSONNode: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
  init(stringLiteral text: String) { self = .text(text) }
}

extension JSONNode: ExpressibleByIntegerLiteral {
  init(integerLiteral number: Int64) { self = .integer(number) }
}

extension JSONNode: ExpressibleByBooleanLiteral {
  init(booleanLiteral truth: Bool) { self = .boolean(truth) }
}

extension JSONNode: ExpressibleByArrayLiteral {
  init(arrayLiteral elements: JSONNode...) { self = .array(elements) }
}

extension JSONNode: ExpressibleByDictionaryLiteral {
  init(dictionaryLiteral members: (String, JSONNode)...) {
    self = .object(members.map { Member(name: $0.0, value: $0.1) })
  }
}
