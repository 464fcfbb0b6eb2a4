import EdgeClient
import Gzip
import NIOHTTP1
import Testing

@testable import Gateway

@Suite("Files over a live gateway")
struct StaticServingTests {
  @Test("a page comes whole, with its policy, to be asked for again")
  func page() async throws {
    try await LiveGateway.run { live in
      let response = try await live.client.send(.GET, "/")
      #expect(response.status == 200)
      #expect(response.body == StaticFiles.embedded["/"]?.plain.body)
      #expect(response.headers["content-type"] == ["text/html; charset=utf-8"])
      #expect(response.headers["cache-control"] == ["no-cache"])
      #expect(response.headers["vary"] == ["accept-encoding"])
      #expect(response.headers["x-content-type-options"] == ["nosniff"])
      #expect(response.headers["referrer-policy"] == ["no-referrer"])
      let policy = try #require(response.headers["content-security-policy"].first)
      #expect(policy.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self'; "))
      #expect(policy.contains("frame-ancestors 'none'"))
      #expect(policy.contains("require-trusted-types-for 'script'"))
      for loose in ["unsafe", "http", "*", "data:"] { #expect(!policy.contains(loose)) }
      let query = try await live.client.send(.GET, "/?from=here")
      #expect(query.body == response.body)
    }
  }

  @Test("every file is there, in both encodings")
  func everyFile() async throws {
    try await LiveGateway.run { live in
      for path in StaticFiles.embedded.paths {
        let file = try #require(StaticFiles.embedded[path])
        let plain = try await live.client.send(.GET, path)
        #expect(plain.body == file.plain.body, "\(path)")
        #expect(plain.headers["content-encoding"].isEmpty)
        guard let gzip = file.gzip else { continue }
        let packed = try await live.client.send(
          .GET, path, headers: ["Accept-Encoding": "gzip, br"])
        #expect(packed.headers["content-encoding"] == ["gzip"], "\(path)")
        #expect(packed.headers["etag"] == [gzip.entityTag])
        #expect(packed.body == gzip.body)
      }
    }
  }

  @Test("what a client has is not sent again")
  func conditional() async throws {
    try await LiveGateway.run { live in
      let path = "/assets/js/main.js"
      for encoding in ["identity", "gzip"] {
        let first = try await live.client.send(.GET, path, headers: ["Accept-Encoding": encoding])
        let tag = try #require(first.headers["etag"].first)
        let again = try await live.client.send(
          .GET, path,
          headers: ["Accept-Encoding": encoding, "If-None-Match": "\"other\", W/\(tag)"])
        #expect(again.status == 304)
        #expect(again.body.isEmpty)
        #expect(again.headers["etag"] == [tag])
        #expect(again.headers["cache-control"] == ["no-cache"])
        #expect(again.headers["content-type"].isEmpty)
        let other = try await live.client.send(
          .GET, path, headers: ["Accept-Encoding": encoding, "If-None-Match": "\"other\""])
        #expect(other.status == 200)
      }
    }
  }

  @Test("vendored files are kept for ever, under a path that names their version")
  func immutable() async throws {
    try await LiveGateway.run { live in
      let path = "/assets/vendor/swagger-ui-5.33.1/swagger-ui.css"
      let response = try await live.client.send(.GET, path)
      #expect(response.headers["cache-control"] == ["public, max-age=31536000, immutable"])
      let license = try await live.client.send(
        .GET, "/assets/vendor/swagger-ui-5.33.1/LICENSE.txt")
      #expect(license.headers["content-type"] == ["text/plain; charset=utf-8"])
      #expect(license.text.contains("Apache License"))
    }
  }

  @Test("HEAD tells of the file without it; a file takes no other method")
  func methods() async throws {
    try await LiveGateway.run { live in
      let size = try #require(StaticFiles.embedded["/docs"]).plain.body.count
      let connection = try await RawConnection.open(live)
      try await connection.send("HEAD /docs HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      let text = try await connection.receiveToEnd()
      #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(text.contains("content-length: \(size)\r\n"))
      #expect(text.hasSuffix("\r\n\r\n"))
      for method in [HTTPMethod.POST, .PUT, .DELETE, .PATCH, .OPTIONS] {
        let refused = try await live.client.send(method, "/docs")
        #expect(refused.status == 405)
        #expect(refused.headers["allow"] == ["GET, HEAD"])
        #expect(refused.headers["content-type"] == ["application/problem+json"])
      }
    }
  }

  @Test(
    "no path leads out of the table",
    arguments: [
      "/assets/../openapi.json", "/assets/js/../../../../etc/passwd", "/../etc/passwd",
      "/assets/%2e%2e/openapi.json", "/assets/%2E%2E%2Fopenapi.json", "/assets/..%2fopenapi.json",
      "/assets/%252e%252e/openapi.json", "/assets/js%2Fmain.js", "/assets/js/main%2Ejs",
      "/assets//js/main.js", "//openapi.json", "/assets/js/", "/assets/js", "/assets", "/assets/",
      "/assets/js/main.js/", "/assets/js/main.js%00", "/assets/js/main.js%00.css",
      "/assets/./js/main.js", "/ASSETS/js/main.js", "/index.html", "/docs/", "/docs/../",
      "/assets/js/main.js;v=1", "/assets/..;/openapi.json", "/assets\\js\\main.js",
      "/assets/..\\..\\openapi.json", "/assets/README.md",
      "/assets/vendor/swagger-ui-5.33.1/README.md", "/web/index.html", "/.git/config",
      "/assets/\u{ff0e}\u{ff0e}/openapi.json",
    ])
  func traversal(path: String) async throws {
    try await LiveGateway.run { live in
      let connection = try await RawConnection.open(live)
      try await connection.send("GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      let text = try await connection.receiveToEnd()
      #expect(
        text.hasPrefix("HTTP/1.1 404 ") || text.hasPrefix("HTTP/1.1 400 "), "\(text.prefix(200))")
      #expect(text.contains("content-type: application/problem+json\r\n"))
      #expect(!text.contains("etag:"))
    }
  }

  @Test("a file needs neither a user nor a service")
  func noUser() async throws {
    try await LiveGateway.run(routes: [], channels: []) { live in
      let response = try await live.client.send(
        .GET, "/openapi.json", headers: ["Authorization": "Bearer not.a.token"])
      #expect(response.status == 200)
      #expect(response.headers["content-type"] == ["application/json"])
      #expect(response.text.hasPrefix("{"))
    }
  }
}
