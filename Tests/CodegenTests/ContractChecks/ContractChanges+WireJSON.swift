extension ContractChange {
  private static let pages = "  // How many pages it has.\n  int32 pages = 3;\n"
  private static let book = "// A book.\nmessage Book {"
  private static let event = section("// One lending or return.")
  private static let header = """
    syntax = "proto3";
    package alphintra.library.v1;
    import "alphintra/options/options.proto";

    """

  /// Changes that break nobody at the WIRE_JSON level of `buf breaking`.
  static let allowed: [ContractChange] = [
    ContractChange("nothing changes", []),
    ContractChange("a field is added", pages, pages + "  string isbn = 16;\n"),
    ContractChange(
      "a field is removed, number and name are reserved", pages,
      "  reserved 3;\n  reserved \"pages\";\n"),
    ContractChange(
      "a field is deprecated", "int32 pages = 3;", "int32 pages = 3 [deprecated = true];"),
    ContractChange(
      "fields change their order",
      [(pages, ""), ("  // Its binding.", pages + "\n  // Its binding.")]),
    ContractChange(
      "the usual JSON name is stated", "int32 pages = 3;",
      "int32 pages = 3 [json_name = \"pages\"];"),
    ContractChange("int32 becomes uint32", "int32 pages = 3;", "uint32 pages = 3;"),
    ContractChange("int64 becomes uint64", "int64 book_sequence = 4;", "uint64 book_sequence = 4;"),
    ContractChange("presence is added", "string title = 2;", "optional string title = 2;"),
    ContractChange("presence is dropped", "optional string note = 13;", "string note = 13;"),
    ContractChange(
      "packed becomes unpacked", "int32 chapters = 6;", "int32 chapters = 6 [packed = false];"),
    ContractChange(
      "the value of a map changes its sign", "map<string, int32> marks = 15;",
      "map<string, uint32> marks = 15;"),
    ContractChange(
      "a oneof gets another member", "Loan loan = 3;", "Loan loan = 3;\n    Book book = 4;"),
    ContractChange("more is reserved", "reserved 9 to 10, 12;", "reserved 9 to 10, 12, 99;"),
    ContractChange(
      "a reserved range is cut in two", "reserved 9 to 10, 12;", "reserved 9, 10, 12;"),
    ContractChange("a message is added", book, "message Magazine {}\n\n\(book)"),
    ContractChange("a message is deprecated", book, "\(book)\n  option deprecated = true;"),
    ContractChange(
      "a message nobody carries is removed", section("// A card", to: "// One lending"), ""),
    ContractChange(
      "a message moves to another file", [(event, "")],
      files: ["alphintra/library/v1/library_events.proto": header + event]),
    ContractChange(
      "an enum gets a value", "CONDITION_WORN = 2;", "CONDITION_WORN = 2;\n  CONDITION_TORN = 3;"),
    ContractChange(
      "a value gets an alias",
      [
        ("enum Condition {", "enum Condition {\n  option allow_alias = true;"),
        ("CONDITION_WORN = 2;", "CONDITION_WORN = 2;\n  CONDITION_USED = 2;"),
      ]),
    ContractChange(
      "a value is removed, number and name are reserved", "CONDITION_WORN = 2;",
      "reserved 2;\n  reserved \"CONDITION_WORN\";"),
    ContractChange(
      "an enum moves with all its values",
      [
        ("Binding binding = 8;", "Shop.Binding binding = 8;"),
        (section("  // How it is bound.", to: "// How well a book is kept.\nenum"), "}\n"),
        (
          book,
          "message Shop {\n\(section("  // How it is bound.", to: "// How well a book is kept.\nenum"))\(book)"
        ),
      ]),
    ContractChange(
      "an RPC is added", "  // One book.",
      "  rpc FindBook(GetBookRequest) returns (Book);\n\n  // One book."),
    ContractChange("a comment changes", "// A book.\n", "// Something to read.\n"),
  ]

  /// Changes that break someone at the WIRE_JSON level of `buf breaking`.
  static let breaking: [ContractChange] = [
    ContractChange("a field is removed", pages, ""),
    ContractChange("a field is removed, only its number is reserved", pages, "  reserved 3;\n"),
    ContractChange(
      "a field is removed, only its name is reserved", pages, "  reserved \"pages\";\n"),
    ContractChange("a field changes its name", "int32 pages = 3;", "int32 leaves = 3;"),
    ContractChange(
      "a field changes its name but not in JSON", "int32 pages = 3;",
      "int32 leaves = 3 [json_name = \"pages\"];"),
    ContractChange("a field changes its number", "int32 pages = 3;", "int32 pages = 33;"),
    ContractChange(
      "a field changes its JSON name", "int32 pages = 3;",
      "int32 pages = 3 [json_name = \"count\"];"),
    ContractChange("int32 becomes int64", "int32 pages = 3;", "int64 pages = 3;"),
    ContractChange("int32 becomes sint32", "int32 pages = 3;", "sint32 pages = 3;"),
    ContractChange("int32 becomes fixed32", "int32 pages = 3;", "fixed32 pages = 3;"),
    ContractChange("int32 becomes bool", "int32 pages = 3;", "bool pages = 3;"),
    ContractChange("int32 becomes string", "int32 pages = 3;", "string pages = 3;"),
    ContractChange("int32 becomes an enum", "int32 pages = 3;", "Condition pages = 3;"),
    ContractChange("an enum becomes int32", "Condition condition = 14;", "int32 condition = 14;"),
    ContractChange(
      "an enum becomes another", "Condition condition = 14;", "Binding condition = 14;"),
    ContractChange("string becomes bytes", "string title = 2;", "bytes title = 2;"),
    ContractChange("bytes becomes string", "bytes cover = 11;", "string cover = 11;"),
    ContractChange(
      "a decimal becomes a string", "alphintra.type.Decimal price = 4;", "string price = 4;"),
    ContractChange(
      "a message becomes another", "google.protobuf.Timestamp due_at = 3;",
      "alphintra.type.Decimal due_at = 3;"),
    ContractChange("one becomes many", "string title = 2;", "repeated string title = 2;"),
    ContractChange("many become one", "repeated string subjects = 5;", "string subjects = 5;"),
    ContractChange(
      "a map becomes a message", "map<string, string> titles = 7;", "Loan titles = 7;"),
    ContractChange(
      "the key of a map changes", "map<string, string> titles = 7;",
      "map<int32, string> titles = 7;"),
    ContractChange(
      "the value of a map changes", "map<string, int32> marks = 15;",
      "map<string, int64> marks = 15;"),
    ContractChange(
      "a field enters a new oneof", "  string title = 2;",
      "  oneof name {\n    string title = 2;\n  }"),
    ContractChange(
      "an optional field enters a oneof", "optional string note = 13;",
      "oneof remark {\n    string note = 13;\n  }"),
    ContractChange(
      "a field leaves its oneof",
      [
        ("    Loan loan = 3;\n", ""),
        ("message LoanUpdate {", "message LoanUpdate {\n  Loan loan = 3;"),
      ]),
    ContractChange("a oneof changes its name", "oneof change {", "oneof step {"),
    ContractChange("a reserved number is dropped", "reserved 9 to 10, 12;", "reserved 9 to 10;"),
    ContractChange("a reserved range is cut short", "reserved 9 to 10, 12;", "reserved 9, 12;"),
    ContractChange("a reserved name is dropped", "  reserved \"weight\";\n", ""),
    ContractChange(
      "a reserved number is taken",
      [
        ("reserved 9 to 10, 12;", "reserved 9 to 10;"), (pages, pages + "  string isbn = 12;\n"),
      ]),
    ContractChange(
      "a message changes its name",
      [
        ("message Terms {", "message Agreement {"), ("Terms terms = 3;", "Agreement terms = 3;"),
      ]),
    ContractChange("a value is removed", "CONDITION_WORN = 2;", ""),
    ContractChange(
      "a value is removed, only its number is reserved", "CONDITION_WORN = 2;", "reserved 2;"),
    ContractChange(
      "a value is removed, only its name is reserved", "CONDITION_WORN = 2;",
      "reserved \"CONDITION_WORN\";"),
    ContractChange("a value changes its name", "CONDITION_WORN = 2;", "CONDITION_USED = 2;"),
    ContractChange("a value changes its number", "CONDITION_WORN = 2;", "CONDITION_WORN = 3;"),
    ContractChange(
      "two values change places",
      [
        ("CONDITION_NEW = 1;", "CONDITION_USED = 1;"),
        ("CONDITION_WORN = 2;", "CONDITION_NEW = 2;"),
        ("CONDITION_USED = 1;", "CONDITION_WORN = 1;"),
      ]),
    ContractChange("a reserved number of an enum is dropped", "  reserved 7;\n", ""),
    ContractChange("a reserved name of an enum is dropped", "  reserved \"CONDITION_LOST\";\n", ""),
    ContractChange(
      "an enum changes its name",
      [
        ("enum Condition {", "enum State {"),
        ("Condition condition = 14;", "State condition = 14;"),
      ]),
    ContractChange(
      "an enum moves without one of its values",
      [
        ("Binding binding = 8;", "Shop.Binding binding = 8;"),
        (book, "message Shop {\n  enum Binding {\n    BINDING_UNSPECIFIED = 0;\n  }\n}\n\n\(book)"),
      ]),
    ContractChange(
      "an RPC takes another request", "GetBook(GetBookRequest)", "GetBook(LendBookRequest)"),
    ContractChange(
      "an RPC answers another message", "returns (ListBooksResponse)", "returns (Book)"),
    ContractChange(
      "an RPC answers a stream", "LendBook(LendBookRequest) returns (Loan)",
      "LendBook(LendBookRequest) returns (stream Loan)"),
    ContractChange(
      "an RPC no longer answers a stream", "returns (stream LoanUpdate)", "returns (LoanUpdate)"),
    ContractChange(
      "an RPC takes a stream", "GetBook(GetBookRequest)", "GetBook(stream GetBookRequest)"),
    ContractChange(
      "an RPC becomes idempotent", "returns (Loan) {",
      "returns (Loan) {\n    option idempotency_level = IDEMPOTENT;"),
    ContractChange(
      "an RPC is no longer free of side effects",
      "    option idempotency_level = NO_SIDE_EFFECTS;\n", ""),
    ContractChange(
      "an RPC promises more", "option idempotency_level = IDEMPOTENT;",
      "option idempotency_level = NO_SIDE_EFFECTS;"),
    ContractChange(
      "the package changes", "package alphintra.library.v1;", "package alphintra.library.v2;"),
  ]
}
