extension ContractChange {
  /// Violations of the style, one each.
  static let style: [ContractChange] = [
    // Packages and files.
    ContractChange(
      "a package is not its folder", [],
      files: ["alphintra/library/v1/shelf/shelf.proto": file("alphintra.library.v1")]),
    ContractChange(
      "a package has no version", [],
      files: ["alphintra/library/shelf.proto": file("alphintra.library")]),
    ContractChange(
      "a package has a capital", [],
      files: ["alphintra/library/Shelf/v1/shelf.proto": file("alphintra.library.Shelf.v1")]),
    ContractChange(
      "a file has a capital", [],
      files: ["alphintra/library/v1/Shelf.proto": file("alphintra.library.v1")]),
    ContractChange(
      "an import is not used", "import \"google/protobuf/timestamp.proto\";",
      "import \"google/protobuf/timestamp.proto\";\nimport \"google/protobuf/duration.proto\";"),
    // Names.
    ContractChange("a message is in snake case", "message Card {", "message library_card {"),
    ContractChange("a field is in camel case", "  int32 pages = 3;", "  int32 pageCount = 3;"),
    ContractChange("a field has an empty word", "  int32 pages = 3;", "  int32 page__count = 3;"),
    ContractChange("a oneof has a capital", "oneof change {", "oneof Change {"),
    ContractChange(
      "an enum is in snake case",
      [
        ("enum Condition {", "enum book_condition {"),
        ("Condition condition = 14;", "book_condition condition = 14;"),
        ("CONDITION_UNSPECIFIED", "BOOK_CONDITION_UNSPECIFIED"),
        ("CONDITION_NEW", "BOOK_CONDITION_NEW"), ("CONDITION_WORN", "BOOK_CONDITION_WORN"),
      ]),
    ContractChange("a value has no prefix", "CONDITION_NEW = 1;", "NEW = 1;"),
    ContractChange("a value is in small letters", "CONDITION_NEW = 1;", "CONDITION_new = 1;"),
    ContractChange("zero means something", "CONDITION_UNSPECIFIED = 0;", "CONDITION_UNREAD = 0;"),
    ContractChange(
      "a service does not say that it is one", "service LibraryService {", "service Library {"),
    ContractChange("an RPC is in lower camel case", "rpc GetBook(", "rpc getBook("),
    // Comments.
    ContractChange("a service has no comment", "// Books and their loans.\n", ""),
    ContractChange("an RPC has no comment", "  // One book.\n", ""),
    ContractChange("a message has no comment", "// A book.\nmessage", "message"),
    ContractChange("a field has no comment", "  // Its title.\n", ""),
    ContractChange(
      "a oneof has no comment", "  // Either the state at the start or one change.\n", ""),
    ContractChange("an enum has no comment", "  // How it is bound.\n", ""),
    ContractChange("a value has no comment", "    // With a soft cover.\n", ""),
    ContractChange("a comment is empty", "  // Its title.\n", "  //\n"),
    // Fields.
    ContractChange("a field rounds", "int32 pages = 3;", "double pages = 3;"),
    ContractChange(
      "a map rounds", "map<string, int32> marks = 15;", "map<string, float> marks = 15;"),
    ContractChange("a field is unsigned", "int32 pages = 3;", "uint32 pages = 3;"),
    ContractChange(
      "a time is a text", "google.protobuf.Timestamp due_at = 3;",
      "string due_at = 3;\n\n  // When it began.\n  google.protobuf.Timestamp began_at = 5;"),
    ContractChange(
      "a rule of a text is not shown", "optional string note = 13;",
      "optional string note = 13 [(alphintra.options.rules).pattern = \"[a-z]+\"];"),
    ContractChange("a rule of a number is not shown", " examples: \"2.5\"", ""),
    ContractChange(
      "a rule of entries is not shown", "repeated string subjects = 5;",
      "repeated string subjects = 5 [(alphintra.options.rules).items.min_length = 1];"),
    ContractChange(
      "a rule of keys is not shown", "map<string, int32> marks = 15;",
      "map<string, int32> marks = 15 [(alphintra.options.rules).keys.min_length = 1];"),
    // RPCs.
    ContractChange(
      "an RPC has the request of another", "GetBook(GetBookRequest)", "GetBook(LendBookRequest)"),
    ContractChange(
      "an RPC has the response of another", "GetBook(GetBookRequest) returns (Book)",
      "GetBook(GetBookRequest) returns (ListBooksResponse)"),
    ContractChange(
      "an RPC answers a request", "GetBook(GetBookRequest) returns (Book)",
      "GetBook(GetBookRequest) returns (GetBookRequest)"),
    ContractChange("a list has no page size", "int32 page_size = 1;", "int32 size = 1;"),
    ContractChange("a list ends nowhere", "string next_page_token = 2;", "string page_token = 2;"),
    ContractChange("a path is not below /api", "get: \"/api/books\"", "get: \"/books\""),
    ContractChange("a path is in snake case", "get: \"/api/books\"", "get: \"/api/all_books\""),
    ContractChange(
      "a GET may change something",
      "option idempotency_level = NO_SIDE_EFFECTS;\n    option (google.api.http) = {get: \"/api/books\"}",
      "option (google.api.http) = {get: \"/api/books\"}"),
    ContractChange("a PUT may not be repeated", "    option idempotency_level = IDEMPOTENT;\n", ""),
  ]

  private static func file(_ package: String) -> String {
    """
    syntax = "proto3";

    package \(package);

    // A place for books.
    message Shelf {}

    """
  }
}
