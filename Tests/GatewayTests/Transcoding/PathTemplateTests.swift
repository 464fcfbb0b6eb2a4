import Testing
import Transcoding

@Suite("Path templates follow the grammar of google.api.http")
struct PathTemplateTests {
  @Test(
    "A template in the grammar parses",
    arguments: [
      ("/v1", "v1", "", nil),
      ("/v1/orders", "v1/orders", "", nil),
      ("/v1/*", "v1/*", "", nil),
      ("/v1/**", "v1/**", "", nil),
      ("/v1/{id}", "v1/*", "id[1..<2]", nil),
      ("/v1/{id=*}", "v1/*", "id[1..<2]", nil),
      ("/v1/{name=orders/*}", "v1/orders/*", "name[1..<3]+", nil),
      ("/v1/{name=**}", "v1/**", "name[1..<2]+", nil),
      ("/v1/{name=files/**}", "v1/files/**", "name[1..<3]+", nil),
      ("/v1/{a}/x/{b.c_d}", "v1/*/x/*", "a[1..<2] b.c_d[3..<4]", nil),
      ("/v1/orders/{id}:cancel", "v1/orders/*", "id[2..<3]", "cancel"),
      ("/v1/orders:batch", "v1/orders", "", "batch"),
      ("/v1/{name=a/*}:go", "v1/a/*", "name[1..<3]+", "go"),
      ("/v1/a%20b", "v1/a b", "", nil),
      ("/v1/a-b._~!$&'()+,;@", "v1/a-b._~!$&'()+,;@", "", nil),
    ] as [(String, String, String, String?)])
  func parses(text: String, segments: String, variables: String, verb: String?) throws {
    let template = try PathTemplate(text)
    #expect(describe(template.segments) == segments)
    let described = template.variables.map { variable in
      "\(variable.fieldPath)[\(variable.segments)]\(variable.spansSegments ? "+" : "")"
    }
    #expect(described.joined(separator: " ") == variables)
    #expect(template.verb == verb)
    #expect(template.description == text)
  }

  @Test(
    "A mistake is named with its place",
    arguments: [
      ("", 0, .startsWithSlash),
      ("v1", 0, .startsWithSlash),
      ("/", 1, .segmentNotEmpty),
      ("/v1/", 4, .segmentNotEmpty),
      ("/v1//x", 4, .segmentNotEmpty),
      ("/v1/..", 4, .noDotSegments),
      ("/v1/./x", 4, .noDotSegments),
      ("/v1/%2E%2e", 4, .noDotSegments),
      ("/v1/**/x", 7, .restIsLast),
      ("/v1/{a=**}/x", 11, .restIsLast),
      ("/v1/{a=**/x}", 10, .restIsLast),
      ("/v1/***", 6, .segmentEnds),
      ("/v1/*x", 5, .segmentEnds),
      ("/v1/x*", 5, .segmentEnds),
      ("/v1/{a}x", 7, .segmentEnds),
      ("/v1/x{a}", 5, .segmentEnds),
      ("/v1/}", 4, .segmentNotEmpty),
      ("/v1/x}", 5, .segmentEnds),
      ("/v1/{a", 6, .braceClosed),
      ("/v1/{a=b", 8, .braceClosed),
      ("/v1/{a=}", 7, .segmentNotEmpty),
      ("/v1/{a=/b}", 7, .segmentNotEmpty),
      ("/v1/{}", 5, .fieldPath),
      ("/v1/{1a}", 5, .fieldPath),
      ("/v1/{a.}", 7, .fieldPath),
      ("/v1/{a..b}", 7, .fieldPath),
      ("/v1/{a-b}", 6, .braceClosed),
      ("/v1/{a={b}}", 7, .noNestedVariable),
      ("/v1/{a}/{a}", 9, .variableOnce),
      ("/v1/x:", 6, .verbNotEmpty),
      ("/v1/x:a:b", 7, .segmentEnds),
      ("/v1/x:a/b", 7, .segmentEnds),
      ("/v1/{a=x:y}", 8, .braceClosed),
      ("/v1/a b", 5, .literalCharacters),
      ("/v1/ä", 4, .literalCharacters),
      ("/v1/a?b", 5, .literalCharacters),
      ("/v1/a%2", 4, .literalCharacters),
      ("/v1/%ff", 4, .literalCharacters),
    ] as [(String, Int, PathTemplateError.Rule)])
  func refuses(text: String, offset: Int, rule: PathTemplateError.Rule) {
    let error = #expect(throws: PathTemplateError.self) { try PathTemplate(text) }
    #expect(error?.offset == offset)
    #expect(error?.rule == rule)
    #expect(error?.template == text)
  }

  private func describe(_ segments: [PathTemplate.Segment]) -> String {
    segments.map { segment in
      switch segment {
      case .literal(let text): text
      case .any: "*"
      case .rest: "**"
      }
    }.joined(separator: "/")
  }
}
