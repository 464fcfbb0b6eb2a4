import Testing

@testable import CodegenCore

/// The grammar of google/api/http.proto.
@Suite struct PathTemplateTests {
  @Test(
    arguments: [
      ("/api/orders", [], "/api/orders"),
      ("/api/orders/{order_id}", ["order_id"], "/api/orders/*"),
      ("/v1/{name=shelves/*/books/*}:read", ["name"], "/v1/shelves/*/books/*:read"),
      ("/v1/{a.b.c}/x/{d=*}", ["a.b.c", "d"], "/v1/*/x/*"),
      ("/files/{path=**}", ["path"], "/files/**"), ("/*/**", [], "/*/**"),
    ] as [(String, [String], String)])
  func follows(text: String, variables: [String], shape: String) throws {
    let template = try #require(PathTemplate(text))
    #expect(template.variables == variables)
    #expect(template.shape == shape)
  }

  @Test(arguments: [
    "", "/", "api", "/api/", "//api", "/{}", "/{a", "/a}", "/{a=}", "/{a={b}}", "/{1a}", "/{a..b}",
    "/a:", "/a:b:c", "/a b", "/**/a", "/{a=**}/b", "/a/***", "/a?b=c",
  ])
  func doesNotFollow(text: String) {
    #expect(PathTemplate(text) == nil)
  }
}
