extension ContractChange {
  private static let rules = "(alphintra.options.rules)"
  private static let lastWish = "  // Why it is wanted.\n"

  /// Rules of a request's fields that become stricter: whoever sends what was admitted is refused.
  static let stricterRules: [ContractChange] = [
    ContractChange(
      "a field becomes required", "string place = 7;",
      "string place = 7 [\(rules).required = true];"),
    ContractChange(
      "a field at the top of a request becomes required", "int32 days = 2;",
      "int32 days = 2 [\(rules).required = true];"),
    ContractChange(
      "a field that is required is added", lastWish,
      "  // When.\n  string when = 14 [\(rules).required = true];\n\n\(lastWish)"),
    ContractChange(
      "a list that needs an entry is added", lastWish,
      "  // When.\n  repeated string when = 14 [\(rules).min_items = 1];\n\n\(lastWish)"),
    ContractChange(
      "a oneof becomes required", "oneof reason {",
      "oneof reason {\n    option (alphintra.options.required) = true;"),
    ContractChange("a text may be shorter no more", "min_length: 4", "min_length: 5"),
    ContractChange("a text may be longer no more", "max_length: 100", "max_length: 99"),
    ContractChange(
      "a text gets a greatest length", "string place = 7;",
      "string place = 7 [\(rules).max_length = 64];"),
    ContractChange(
      "a text with presence may be empty no more", "string place = 7;",
      "string place = 7 [\(rules).min_length = 1];"),
    ContractChange("bytes may be longer no more", "max_length = 32", "max_length = 16"),
    ContractChange(
      "a member of a oneof may be longer no more", "max_length = 40", "max_length = 30"),
    ContractChange("a pattern admits less", "[A-Z][0-9]{1,3}", "[A-Z][0-9]{1,2}"),
    ContractChange("a pattern admits other texts", "[A-Z][0-9]{1,3}", "[a-z][0-9]{1,3}"),
    ContractChange(
      "a text gets a pattern", "string place = 7;",
      "string place = 7 [\(rules).pattern = \"[a-z]+\"];"
    ),
    ContractChange(
      "an enum must be named", "Haste haste = 6;",
      "Haste haste = 6 [\(rules).defined = true];"),
    ContractChange("a lower bound rises", "gte: \"1\"", "gte: \"2\""),
    ContractChange("a lower bound is no longer admitted", "gte: \"1\"", "gt: \"1\""),
    ContractChange("an upper bound falls", "lt: \"10\"", "lte: \"8\""),
    ContractChange(
      "a number gets a lower bound", "int32 copies = 11;",
      "int32 copies = 11 [\(rules).gte = \"1\"];"),
    ContractChange(
      "a number gets an upper bound", "int32 copies = 11;",
      "int32 copies = 11 [\(rules).lt = \"2147483647\"];"),
    ContractChange("a decimal's bound rises", "gt: \"0\"", "gt: \"0.01\""),
    ContractChange("a decimal may have fewer places", "max_scale: 4", "max_scale: 0"),
    ContractChange(
      "a decimal's places get a limit", "alphintra.type.Decimal price = 4;",
      "alphintra.type.Decimal price = 4 [\(rules).max_scale = 2];"),
    ContractChange("a list may have fewer entries", "max_items: 20", "max_items: 19"),
    ContractChange("a list needs an entry", "max_items: 20", "max_items: 20\n    min_items: 1"),
    ContractChange(
      "an entry may come twice no more", "max_items: 20", "max_items: 20\n    unique: true"),
    ContractChange(
      "an entry may be longer no more", "items {max_length: 16}", "items {max_length: 8}"),
    ContractChange(
      "an entry must be specified", "Haste hastes = 9;",
      "Haste hastes = 9 [\(rules).items = {required: true}];"),
    ContractChange("a key may be longer no more", "keys {max_length: 16}", "keys {max_length: 8}"),
    ContractChange(
      "a value of a map gets a greatest length", "keys {max_length: 16}",
      "keys {max_length: 16} items {max_length: 80}"),
  ]

  /// Rules that become looser, or are none for those who send: they break nobody.
  static let looserRules: [ContractChange] = [
    ContractChange(
      "all rules of a field are dropped",
      " [\(rules) = {min_length: 4 max_length: 100 examples: \"soon\"}]", ""),
    ContractChange("a text may be shorter", "min_length: 4", "min_length: 1"),
    ContractChange("a text may be longer", "max_length: 100", "max_length: 200"),
    ContractChange("a pattern admits more", "[A-Z][0-9]{1,3}", "[A-Za-z][0-9]*"),
    ContractChange("a pattern is written otherwise", "[A-Z][0-9]{1,3}", "[A-Z]\\\\d\\\\d?\\\\d?"),
    ContractChange(
      "a text without presence may no longer be empty, which is not set",
      "([A-Z][0-9]{1,3})?", "[A-Z][0-9]{1,3}"),
    ContractChange("a lower bound falls", "gte: \"1\"", "gt: \"-1\""),
    ContractChange("a lower bound is admitted", "gt: \"0\"", "gte: \"0\""),
    ContractChange("an upper bound rises", "lt: \"10\"", "lte: \"10\""),
    ContractChange("a decimal may have more places", "max_scale: 4", "max_scale: 8"),
    ContractChange("a list may have more entries", "max_items: 20", "max_items: 21"),
    ContractChange("a key may be of any length", " [\(rules) = {keys {max_length: 16}}]", ""),
    ContractChange(
      "a bound is stated that the type has", "int32 copies = 11;",
      "int32 copies = 11 [\(rules).lte = \"2147483647\"];"),
    ContractChange(
      "a text without presence has a character, or is not set",
      "string text = 1;\n}\n\n// Asks for a book.",
      "string text = 1 [\(rules) = {min_length: 1 examples: \"a\"}];\n}\n\n// Asks for a book."),
    ContractChange(
      "a text becomes a secret", "min_length: 4", "sensitive: true min_length: 4"),
    ContractChange(
      "a field with rules that is not required is added", lastWish,
      "  // When.\n  string when = 14 [\(rules).max_length = 4];\n\n\(lastWish)"),
    ContractChange("an answer has fewer entries", "max_items = 500", "max_items = 100"),
  ]
}
