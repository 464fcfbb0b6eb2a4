/// The forms of names in contracts.
enum NameStyle {
  /// `order_id`: words of lower-case letters and digits, none of them empty.
  static func isLowerSnake(_ name: String) -> Bool { isSnake(name) { $0.isLowercase } }

  /// `ORDER_SIDE_BUY`.
  static func isUpperSnake(_ name: String) -> Bool { isSnake(name) { $0.isUppercase } }

  /// `PlaceOrder`: letters and digits, the first a capital.
  static func isUpperCamel(_ name: String) -> Bool {
    guard let first = name.first, first.isASCII, first.isUppercase else { return false }
    return name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
  }

  /// `v1`, `v2beta1`.
  static func isVersion(_ part: String) -> Bool {
    part.wholeMatch(of: /v[1-9][0-9]*((alpha|beta)[1-9][0-9]*)?/) != nil
  }

  /// `market-data`.
  static func isLowerKebab(_ segment: String) -> Bool {
    segment.wholeMatch(of: /[a-z0-9]+(-[a-z0-9]+)*/) != nil
  }

  /// The prefix of an enum's values: `ORDER_SIDE` of `OrderSide`, `HTTP_VERB` of `HTTPVerb`.
  static func prefix(ofEnum name: String) -> String {
    var words = ""
    let characters = Array(name)
    for (index, character) in characters.enumerated() {
      let endsRun =
        index > 0 && index + 1 < characters.count && characters[index - 1].isUppercase
        && characters[index + 1].isLowercase
      if index > 0, character.isUppercase, !characters[index - 1].isUppercase || endsRun {
        words += "_"
      }
      words += character.uppercased()
    }
    return words
  }

  private static func isSnake(_ name: String, _ isLetter: (Character) -> Bool) -> Bool {
    guard let first = name.first, isLetter(first) else { return false }
    let words = name.split(separator: "_", omittingEmptySubsequences: false)
    return words.allSatisfy { word in
      !word.isEmpty
        && word.allSatisfy { $0.isASCII && ($0.isNumber || ($0.isLetter && isLetter($0))) }
    }
  }
}
