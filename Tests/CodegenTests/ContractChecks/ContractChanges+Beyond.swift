extension ContractChange {
  private static let getBook = section("  // One book.", to: "  // Replaces what")
  private static let topic = section(
    "  option (alphintra.options.topic)", to: "  // The reader. Events")
  private static let access = "callers: \"gateway\"\n      callers: \"statistics\""

  /// Changes that break REST clients, WebSocket clients, consumers of a topic or callers, and that
  /// WIRE_JSON of `buf breaking` does not look at.
  static let beyond: [ContractChange] = [
    // RPCs. `buf breaking` has rules for them, outside of WIRE_JSON.
    ContractChange("an RPC is removed", getBook, ""),
    ContractChange("an RPC changes its name", "rpc GetBook(", "rpc FetchBook("),
    ContractChange("a service changes its name", "service LibraryService", "service BookService"),
    // REST.
    ContractChange(
      "a route is removed", "    option (google.api.http) = {get: \"/api/books/{book_id}\"};\n", ""),
    ContractChange(
      "an additional route is removed",
      section(
        "      additional_bindings",
        to:
          "    };\n    option (alphintra.options.access) = {\n      callers: \"gateway\"\n      user: USER_REQUIRED"
      ), ""),
    ContractChange("a path changes", "get: \"/api/books\"", "get: \"/api/volumes\""),
    ContractChange(
      "a verb changes", "put: \"/api/books/{book_id}\"", "patch: \"/api/books/{book_id}\""),
    ContractChange(
      "a path fills another field", "get: \"/api/books/{book_id}\"", "get: \"/api/books/{edition}\""
    ),
    ContractChange(
      "a path gets another variable", "get: \"/api/books/{book_id}\"",
      "get: \"/api/books/{book_id}/{edition}\""),
    ContractChange("the body becomes a field", "body: \"*\"", "body: \"terms\""),
    ContractChange("the body becomes the whole request", "body: \"book\"", "body: \"*\""),
    ContractChange("the body is dropped", "      body: \"*\"\n", ""),
    ContractChange(
      "the status of success changes", "success_status) = 201", "success_status) = 202"),
    ContractChange(
      "the status of success is dropped", "    option (alphintra.options.success_status) = 201;\n",
      ""),
    ContractChange(
      "a route goes to another RPC",
      [
        ("get: \"/api/books\"", "get: \"/api/all-books\""),
        (
          "    option (google.api.http) = {get: \"/api/books/{book_id}\"};\n",
          "    option (google.api.http) = {get: \"/api/books\"};\n"
        ),
      ]),
    // WebSocket.
    ContractChange(
      "a channel is removed",
      section("    option (alphintra.options.channel)", to: "  }\n}\n\n// Asks for a loan."), ""),
    ContractChange("a channel changes its name", "name: \"loans\"", "name: \"lendings\""),
    ContractChange("a channel loses a key", "      keys: \"language\"\n", ""),
    ContractChange("a channel's key changes", "keys: \"language\"", "keys: \"tongue\""),
    ContractChange(
      "a channel's snapshot is another field", "snapshot: \"snapshot\"",
      "snapshot: \"other_snapshot\""),
    ContractChange(
      "a channel's update is another field", "update: \"loan\"", "update: \"other_loan\""),
    ContractChange(
      "a channel's sequence is another field", "sequence: \"sequence\"\n      overflow",
      "sequence: \"other_sequence\"\n      overflow"),
    ContractChange(
      "a channel no longer conflates",
      "overflow: OVERFLOW_CONFLATE\n      conflate_by: \"book_id\"",
      "overflow: OVERFLOW_DISCONNECT"),
    ContractChange(
      "a channel conflates by another field", "conflate_by: \"book_id\"",
      "conflate_by: \"reader_id\""),
    ContractChange("a channel no longer sends heartbeats", "      heartbeat_ms: 15000\n", ""),
    // Topics.
    ContractChange("a topic is removed", topic, ""),
    ContractChange("a topic's event is removed", section("// One lending or return."), ""),
    ContractChange("a topic changes its name", "name: \"loan_events\"", "name: \"loans\""),
    ContractChange("a topic is keyed by another field", "key: \"reader_id\"", "key: \"book_id\""),
    ContractChange("a topic has fewer partitions", "partitions: 6", "partitions: 5"),
    ContractChange(
      "dead letters go to another topic", "partitions: 6",
      "partitions: 6\n    dead_letter: \"lost_loans\""),
    ContractChange("a topic keeps events shorter", "retention_hours: 168", "retention_hours: 24"),
    ContractChange(
      "a topic keeps the latest of each key",
      "    retention_hours: 168\n    sequence: \"sequence\"\n",
      "    compacted: true\n"),
    ContractChange(
      "a topic's sequence is another field", "sequence: \"sequence\"\n  };",
      "sequence: \"book_sequence\"\n  };"),
    ContractChange("a topic is no longer counted", "    sequence: \"sequence\"\n  };", "  };"),
    ContractChange(
      "a topic carries another event",
      [
        (topic, ""),
        (
          "message Card {", "message Card {\n\(topic)  string reader_id = 3;\n  int64 sequence = 4;"
        ),
      ]),
    // The words of our JSON.
    ContractChange(
      "an alias comes before its value",
      [
        ("enum Condition {", "enum Condition {\n  option allow_alias = true;"),
        ("CONDITION_WORN = 2;", "CONDITION_USED = 2;\n  CONDITION_WORN = 2;"),
      ]),
    // Access.
    ContractChange("a service may no longer call", access, "callers: \"gateway\""),
    ContractChange("not every service may call", "callers: \"*\"", "callers: \"gateway\""),
    ContractChange(
      "a user is needed", "callers: \"*\"\n      user: USER_NONE",
      "callers: \"*\"\n      user: USER_REQUIRED"),
    ContractChange(
      "a scope more is needed", "scopes: \"loans\"", "scopes: \"loans\"\n      scopes: \"fees\""),
    ContractChange(
      "two factors are needed", "scopes: \"loans\"",
      "scopes: \"loans\"\n      assurance: ASSURANCE_MULTI_FACTOR"),
    ContractChange("a role no longer suffices", "      roles: \"reader\"\n", ""),
    ContractChange(
      "a role is needed",
      "body: \"book\"\n      }\n    };\n    option (alphintra.options.access) = {",
      "body: \"book\"\n      }\n    };\n    option (alphintra.options.access) = {\n      roles: \"librarian\""
    ),
  ]

  /// Additions to what `beyond` looks at: they break nobody.
  static let additions: [ContractChange] = [
    ContractChange(
      "a route is added", "option (google.api.http) = {get: \"/api/books\"};",
      "option (google.api.http) = {\n      get: \"/api/books\"\n      additional_bindings: {get: \"/api/volumes\"}\n    };"
    ),
    ContractChange(
      "a variable states its usual pattern", "get: \"/api/books/{book_id}\"",
      "get: \"/api/books/{book_id=*}\""),
    ContractChange(
      "a variable and its field change their place in the file",
      [
        ("  // The edition; 0 stands for the latest.\n  int32 edition = 2;\n", ""),
        (
          "message GetBookRequest {",
          "message GetBookRequest {\n  // The edition; 0 stands for the latest.\n  int32 edition = 2;\n"
        ),
      ]),
    ContractChange(
      "a channel gets a key", "keys: \"language\"", "keys: \"language\"\n      keys: \"tongue\""),
    ContractChange("a topic has more partitions", "partitions: 6", "partitions: 12"),
    ContractChange("a topic keeps events longer", "retention_hours: 168", "retention_hours: 200"),
    ContractChange("a topic keeps events for ever", "    retention_hours: 168\n", ""),
    ContractChange(
      "a topic is added", "message Card {",
      "message Card {\n  option (alphintra.options.topic) = {name: \"cards\" key: \"text\" partitions: 1};"
    ),
    ContractChange("a service more may call", access, "\(access)\n      callers: \"billing\""),
    ContractChange("every service may call", access, "callers: \"*\""),
    ContractChange(
      "a role more suffices", "roles: \"reader\"", "roles: \"reader\"\n      roles: \"guest\""),
    ContractChange("no scope is needed", "      scopes: \"loans\"\n", ""),
    ContractChange(
      "one factor is stated", "scopes: \"loans\"",
      "scopes: \"loans\"\n      assurance: ASSURANCE_SINGLE_FACTOR"),
    ContractChange("heartbeats come faster", "heartbeat_ms: 15000", "heartbeat_ms: 5000"),
    ContractChange(
      "the usual dead letters are stated", "partitions: 6",
      "partitions: 6\n    dead_letter: \"loan_events.dlq\""),
    ContractChange(
      "no role is needed", "      roles: \"reader\"\n      roles: \"librarian\"\n", ""),
    ContractChange(
      "no user is needed",
      "user: USER_REQUIRED\n      roles: \"reader\"\n      roles: \"librarian\"\n      scopes: \"loans\"",
      "user: USER_NONE"),
    ContractChange(
      "a deadline changes", "    option (alphintra.options.success_status) = 201;",
      "    option (alphintra.options.success_status) = 201;\n    option (alphintra.options.deadline_ms) = 100;"
    ),
  ]
}
