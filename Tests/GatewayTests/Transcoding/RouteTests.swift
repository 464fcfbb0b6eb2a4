import Protobuf
import Testing
import TestingContract
import Transcoding

@Suite("A route makes a request of path, query and body")
struct RouteTests {
  @Test(
    "A parameter becomes its field",
    arguments: [
      ("double_value=1.5", #""doubleValue":1.5"#),
      ("doubleValue=NaN", #""doubleValue":"NaN""#),
      ("floatValue=-2", #""floatValue":-2"#),
      ("int32_value=-2147483648", #""int32Value":-2147483648"#),
      ("int64Value=9223372036854775807", #""int64Value":"9223372036854775807""#),
      ("uint32_value=4294967295", #""uint32Value":4294967295"#),
      ("uint64_value=18446744073709551615", #""uint64Value":"18446744073709551615""#),
      ("bool_value=true", #""boolValue":true"#),
      ("bytes_value=_-8%3D", #""bytesValue":"/+8=""#),
      ("color=GREEN", #""color":"GREEN""#),
      ("color=COLOR_RED", #""color":"RED""#),
      ("color=-1", #""color":"INFRARED""#),
      ("color=77", #""color":77"#),
      ("nested.name=n", #""nested":{"name":"n"}"#),
      ("nested.kind=LEAF", #""nested":{"kind":"LEAF"}"#),
      ("optional_int32=0", #""optionalInt32":0"#),
      ("optionalColor=RED", #""optionalColor":"RED""#),
      ("int64s=1&int64s=2", #""int64s":["1","2"]"#),
      ("strings=a&color=RED&strings=b", #""color":"RED","strings":["a","b"]"#),
      ("colors=RED&colors=1", #""colors":["RED","RED"]"#),
      ("timestamp=2026-01-31T09:30:00.5Z", #""timestamp":"2026-01-31T09:30:00.500Z""#),
      ("duration=1.5s", #""duration":"1.500s""#),
      ("field_mask=a,bC", #""fieldMask":"a,bC""#),
      ("wrapped_string=", #""wrappedString":"""#),
      ("wrapped_int64=-1", #""wrappedInt64":"-1""#),
      ("wrapped_bytes=AA", #""wrappedBytes":"AA==""#),
      ("decimal=101.250", #""decimal":"101.25""#),
      ("decimals=1&decimals=-0.5", #""decimals":["1","-0.5"]"#),
      ("timestamps=1970-01-01T00:00:00Z", #""timestamps":["1970-01-01T00:00:00Z"]"#),
      ("choice_string=x+y", #""choiceString":"x y""#),
      ("json_renamed=3", #""renamed":3"#),
      ("renamed=3", #""renamed":3"#),
    ])
  func binds(query: String, expected: String) throws {
    let request = try request("GET", "/api/sinks/key", query)
    let expected = try TestingV1.KitchenSink(json: #"{"stringValue":"key",\#(expected)}"#)
    #expect(request.jsonString() == expected.jsonString())
  }

  @Test(
    "A parameter that breaks a rule is named with the rule and the value",
    arguments: [
      (
        "int32_value=2147483648", "int32_value", .invalidValue,
        "is an integer from -2147483648 to 2147483647", "2147483648"
      ),
      (
        "int32_value=%2B1", "int32_value", .invalidValue,
        "is an integer from -2147483648 to 2147483647", "+1"
      ),
      (
        "int32_value=1.0", "int32_value", .invalidValue,
        "is an integer from -2147483648 to 2147483647", "1.0"
      ),
      (
        "int64Value=", "int64_value", .invalidValue,
        "is an integer from -9223372036854775808 to 9223372036854775807", ""
      ),
      (
        "uint32_value=-1", "uint32_value", .invalidValue,
        "is an integer from 0 to 4294967295", "-1"
      ),
      ("bool_value=1", "bool_value", .invalidValue, "is true or false", "1"),
      (
        "double_value=0x10", "double_value", .invalidValue,
        "is a number, NaN, Infinity or -Infinity", "0x10"
      ),
      (
        "double_value=1e999", "double_value", .invalidValue,
        "is a number, NaN, Infinity or -Infinity", "1e999"
      ),
      ("bytes_value=a*", "bytes_value", .invalidValue, "is base64", "a*"),
      ("color=MAUVE", "color", .invalidValue, "is a value of alphintra.testing.v1.Color", "MAUVE"),
      (
        "timestamp=yesterday", "timestamp", .invalidValue,
        "is an RFC 3339 time such as 2026-01-31T09:30:00Z", "yesterday"
      ),
      (
        "timestamp=%22", "timestamp", .invalidValue,
        "is an RFC 3339 time such as 2026-01-31T09:30:00Z", "\""
      ),
      ("duration=5", "duration", .invalidValue, "is a duration in seconds such as 1.5s", "5"),
      ("nested=x", "nested", .unknownParameter, "is no query parameter of this route", "x"),
      ("nope=1", "nope", .unknownParameter, "is no query parameter of this route", "1"),
      (
        "string_value=other", "string_value", .unknownParameter,
        "is no query parameter of this route", "other"
      ),
      ("color=RED&color=GREEN", "color", .repeatedParameter, "is given once", "GREEN"),
      ("int32_value=1&int32Value=1", "int32_value", .repeatedParameter, "is given once", "1"),
    ] as [(String, String, ParameterError.Reason, String, String)])
  func refuses(
    query: String, field: String, reason: ParameterError.Reason, rule: String, value: String
  ) {
    let error = #expect(throws: TranscodingError.self) {
      try request("GET", "/api/sinks/key", query)
    }
    guard case .parameters(let errors)? = error, let first = errors.first else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(errors.count == 1)
    #expect(
      first
        == ParameterError(field: field, source: .query, reason: reason, rule: rule, value: value))
  }

  @Test("A decimal of 19 fraction digits is refused with the decimal's own words")
  func decimalRule() {
    let text = "0.1234567890123456789"
    let error = #expect(throws: TranscodingError.self) {
      try request("GET", "/api/sinks/key", "decimal=\(text)")
    }
    #expect(error?.description.contains(text) == true)
    #expect(error?.description.contains("decimal") == true)
  }

  @Test("All wrong parameters are reported together")
  func severalErrors() {
    let error = #expect(throws: TranscodingError.self) {
      try request("GET", "/api/sinks/key", "color=MAUVE&bool_value=maybe&int32_value=7")
    }
    guard case .parameters(let errors)? = error else { return }
    #expect(errors.map(\.field) == ["color", "bool_value"])
  }

  @Test("A long value is cut in the error", arguments: ["x", "%CC%81"])
  func longValue(character: String) {
    let error = #expect(throws: TranscodingError.self) {
      try request("GET", "/api/sinks/key", "color=" + String(repeating: character, count: 1000))
    }
    guard case .parameters(let errors)? = error else { return }
    #expect(errors.first?.value.unicodeScalars.count == ParameterError.valueLimit + 1)
  }

  @Test("A body is the request; the path adds to it")
  func wholeBody() throws {
    let made = try request("PUT", "/api/things/t", "", #"{"count":3,"delay_ms":1}"#)
    #expect(made.jsonString() == #"{"text":"t","count":3,"delayMs":1}"#)
    let empty = try request("PUT", "/api/things/t", "", "")
    #expect(empty.jsonString() == #"{"text":"t"}"#)
    let same = try request("PUT", "/api/things/t", "", #"{"text":"t"}"#)
    #expect(same.jsonString() == #"{"text":"t"}"#)
  }

  @Test("A body that contradicts the path is refused")
  func contradiction() {
    let error = #expect(throws: TranscodingError.self) {
      try request("PUT", "/api/things/t", "", #"{"text":"u"}"#)
    }
    guard case .parameters(let errors)? = error else { return }
    #expect(errors.map(\.reason) == [.contradictsPath])
    #expect(errors.first?.field == "text")
    #expect(errors.first?.value == "t")
  }

  @Test("A whole body leaves no query")
  func wholeBodyWithQuery() {
    #expect(throws: TranscodingError.self) {
      try request("PUT", "/api/things/t", "count=1", "{}")
    }
  }

  @Test("A body is one field; path and query fill others")
  func fieldBody() throws {
    let made = try request(
      "PATCH", "/api/sinks/n/nested", "field_mask=nested.kind&int64Value=5", #"{"kind":"LEAF"}"#)
    #expect(
      made.jsonString()
        == #"{"int64Value":"5","nested":{"name":"n","kind":"LEAF"},"fieldMask":"nested.kind"}"#)
    #expect(throws: TranscodingError.self) {
      try request("PATCH", "/api/sinks/n/nested", "", #"{"name":"m"}"#)
    }
  }

  @Test("A route without a body takes none")
  func unexpectedBody() {
    let error = #expect(throws: TranscodingError.self) {
      try request("GET", "/api/sinks/key", "", "{}")
    }
    guard case .unexpectedBody(byteCount: 2)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(
    "A malformed body is refused with its place",
    arguments: [
      (#"{"count":}"#, "count"), (#"{"count":1"#, "count"), (#"{"count":"x"}"#, "count"),
      (#"{"unknown":1}"#, "unknown"), (#"{"count":1,"count":2}"#, "count"), ("[]", ""),
      (#"{"text":"a"} x"#, ""),
    ])
  func malformedBody(body: String, path: String) {
    let error = #expect(throws: TranscodingError.self) {
      try request("POST", "/api/things", "", body)
    }
    guard case .body(let inner)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(inner.path == path)
  }

  /// The request that the example's routes make.
  private func request(
    _ verb: String, _ path: String, _ query: String, _ body: String = ""
  ) throws -> any Message {
    let table = try RouteTable(
      ExampleRoutes.routes.map { (verb: $0.verb, template: $0.template, value: $0) })
    let match = try table.match(HTTPVerb(rawValue: verb), RequestPath(path))
    guard case .found(let route, let variables) = match else {
      throw NoRoute(match: "\(match)")
    }
    return try route.call(
      variables: variables, query: QueryString(query), body: Array(body.utf8)
    ).request
  }

  private struct NoRoute: Error {
    let match: String
  }
}
