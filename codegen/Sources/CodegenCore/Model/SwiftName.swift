/// How proto names become Swift names.
enum SwiftName {
  /// Words the API Design Guidelines write upper or lower as a whole, and their plurals.
  private static let acronyms: [String: String] = {
    var spellings: [String: String] = [:]
    for acronym in ["id", "url", "http", "json", "api", "uuid", "tls", "ip"] {
      spellings[acronym] = acronym.uppercased()
      spellings[acronym + "s"] = acronym.uppercased() + "s"
    }
    // "https" is a word of its own, not two requests.
    spellings["https"] = "HTTPS"
    return spellings
  }()

  /// A property, parameter or case: `client_order_id` becomes `clientOrderID`, `url` stays `url`.
  static func lowerCamel(_ snake: String) -> String {
    let words = snake.split(separator: "_").map(String.init)
    guard let first = words.first else { return onlyUnderscores(snake) }
    return declarable(lowercasedFirst(first) + words.dropFirst().map(capitalized).joined())
  }

  /// A type: `order_side` becomes `OrderSide`, `KitchenSink` stays.
  static func upperCamel(_ name: String) -> String {
    let words = name.split(separator: "_")
    guard !words.isEmpty else { return onlyUnderscores(name) }
    return declarable(words.map { uppercasedFirst(String($0)) }.joined())
  }

  /// An enum's case: the value's name without the type's, `PENDING_NEW` becomes `pendingNew`.
  static func enumCase(_ upperSnake: String) -> String { lowerCamel(upperSnake.lowercased()) }

  /// A function for an RPC: `PlaceOrder` becomes `placeOrder`, `JWKSFile` becomes `jwksFile`.
  static func function(_ upperCamel: String) -> String {
    let characters = Array(upperCamel)
    let run = characters.prefix { $0.isUppercase }.count
    // Of a run of capitals the last begins the next word, unless the name ends there.
    let lowered = run <= 1 || run == characters.count ? run : run - 1
    return String(characters.prefix(lowered)).lowercased() + String(characters.dropFirst(lowered))
  }

  /// The value's name without the type's prefix, or nil where it does not carry the prefix.
  ///
  /// Underscores in the type's part do not count: `OAUTH2_KIND_CODE` of `OAuth2Kind` is `CODE`.
  static func withoutPrefix(_ value: String, ofEnum type: String) -> String? {
    var wanted = type.lowercased().filter { $0 != "_" }[...]
    var rest = value[...]
    while let next = wanted.first {
      guard let character = rest.popFirst() else { return nil }
      if character == "_" { continue }
      guard character.lowercased() == String(next) else { return nil }
      wanted.removeFirst()
    }
    guard rest.popFirst() == "_", !rest.isEmpty else { return nil }
    return String(rest)
  }

  /// A name that is all underscores gets one more: `_` alone declares nothing.
  private static func onlyUnderscores(_ name: String) -> String { name + "_" }

  /// A name cannot begin with a digit.
  private static func declarable(_ name: String) -> String {
    name.first?.isNumber == true ? "_\(name)" : name
  }

  private static func capitalized(_ word: String) -> String {
    acronyms[word] ?? uppercasedFirst(word)
  }

  private static func uppercasedFirst(_ word: String) -> String {
    word.prefix(1).uppercased() + word.dropFirst()
  }

  private static func lowercasedFirst(_ word: String) -> String {
    word.prefix(1).lowercased() + word.dropFirst()
  }
}
