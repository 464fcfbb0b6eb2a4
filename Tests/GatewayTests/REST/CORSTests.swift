import EdgeClient
import NIOHTTP1
import Testing

@testable import Gateway

@Suite("Pages of other origins")
struct CORSTests {
  private static let app = "https://app.example"

  private static var configuration: GatewayConfiguration {
    var configuration = GatewayConfiguration.patient
    configuration.allowedOrigins = [app, "https://admin.example:8443"]
    return configuration
  }

  /// A question: path, origin, method asked for, headers asked for; the answer's status and methods.
  struct Question: Sendable {
    let path: String
    let origin: String?
    let method: String?
    var headers = ""
    let status: Int
    var methods: String?
  }

  static let questions = [
    Question(
      path: "/api/things/x", origin: app, method: "PUT", headers: "authorization, content-type",
      status: 204, methods: "GET, PUT, HEAD"),
    Question(
      path: "/api/v1/things/x", origin: app, method: "PUT", status: 204, methods: "GET, PUT, HEAD"),
    Question(
      path: "/api/things", origin: "https://admin.example:8443", method: "POST", status: 204,
      methods: "GET, POST, HEAD"),
    // A method that the path has not: the browser sees that it is not among the answer's.
    Question(
      path: "/api/things", origin: app, method: "DELETE", status: 204, methods: "GET, POST, HEAD"),
    Question(path: "/api/nothing", origin: app, method: "GET", status: 404),
    Question(path: "/api/things", origin: "https://evil.example", method: "POST", status: 403),
    Question(path: "/api/things", origin: "http://app.example", method: "POST", status: 403),
    Question(path: "/api/things", origin: "https://app.example:444", method: "POST", status: 403),
    Question(path: "/api/things", origin: "https://app.example.evil", method: "POST", status: 403),
    Question(path: "/api/things", origin: "null", method: "POST", status: 403),
    Question(path: "/api/things", origin: "*", method: "POST", status: 403),
    // No questions of a browser.
    Question(path: "/api/things", origin: app, method: nil, status: 405),
    Question(path: "/api/things", origin: nil, method: "POST", status: 405),
  ]

  @Test("A browser's questions", arguments: questions)
  func preflight(question: Question) async throws {
    try await LiveGateway.run(Self.configuration) { live in
      var headers = HTTPHeaders()
      if let origin = question.origin { headers.add(name: "Origin", value: origin) }
      if let method = question.method {
        headers.add(name: "Access-Control-Request-Method", value: method)
      }
      if !question.headers.isEmpty {
        headers.add(name: "Access-Control-Request-Headers", value: question.headers)
      }
      let answer = try await live.client.send(.OPTIONS, question.path, headers: headers)
      #expect(answer.status == question.status)
      let methods = answer.headers["access-control-allow-methods"]
      #expect(methods == (question.methods.map { [$0] } ?? []))
      let isAllowed = question.origin.map(Self.configuration.allowedOrigins.contains) ?? false
      #expect(
        answer.headers["access-control-allow-origin"]
          == (isAllowed ? question.origin.map { [$0] } : []))
      #expect(answer.headers["vary"] == ["origin"])
      #expect(!answer.headers.contains(name: "access-control-allow-credentials"))
      if question.status == 204 {
        #expect(answer.body.isEmpty)
        #expect(answer.headers["access-control-max-age"] == ["600"])
        let allowed = answer.headers["access-control-allow-headers"].first ?? ""
        for header in ["authorization", "content-type", "idempotency-key"] {
          #expect(allowed.split(separator: ", ").contains(Substring(header)))
        }
      }
      #expect(live.service.calls.contexts.isEmpty)
    }
  }

  @Test("An allowed page reads answers, the good ones and the problems; others do not")
  func answers() async throws {
    try await LiveGateway.run(Self.configuration) { live in
      let client = try live.client
      for path in ["/api/things/x", "/api/mine", "/nowhere"] {
        let answer = try await client.send(.GET, path, headers: ["Origin": Self.app])
        #expect(answer.headers["access-control-allow-origin"] == [Self.app])
        #expect(
          answer.headers["access-control-expose-headers"].first?.contains("retry-after") == true)
        let other = try await client.send(.GET, path, headers: ["Origin": "https://evil.example"])
        #expect(other.status == answer.status)
        #expect(!other.headers.contains(name: "access-control-allow-origin"))
        let none = try await client.send(.GET, path)
        #expect(!none.headers.contains(name: "access-control-allow-origin"))
        for headers in [answer, other, none].map(\.headers) {
          #expect(headers["vary"] == ["origin"])
        }
      }
    }
  }

  @Test("Requests that are refused early are answered to the page, too: 408, 413, 431")
  func earlyRefusals() async throws {
    let late =
      "POST /api/things HTTP/1.1\r\nHost: a\r\nOrigin: \(Self.app)\r\nContent-Length: 10\r\n\r\n{"
    let large = late.replacing("Length: 10", with: "Length: 100000")
    let endless =
      "GET / HTTP/1.1\r\nOrigin: \(Self.app)\r\nX: \(String(repeating: "x", count: 40_000))\r\n\r\n"
    for isOnly in [true, false] {
      var configuration = Self.configuration
      if isOnly { configuration.allowedOrigins = [Self.app] }
      configuration.limits.bodyBytes = 1_000
      configuration.limits.bodyTimeout = .milliseconds(200)
      try await LiveGateway.run(configuration) { live in
        for (request, status) in [(late, 408), (large, 413), (endless, 431)] {
          let connection = try await RawConnection.open(live)
          try? await connection.send(request)
          let answer = try await connection.receiveToEnd().lowercased()
          #expect(answer.hasPrefix("http/1.1 \(status) "), "\(answer.prefix(100))")
          #expect(answer.contains("\r\nvary: origin\r\n"))
          // Of a head that was not read nobody knows whose page sent it.
          #expect(
            answer.contains("\r\naccess-control-allow-origin: \(Self.app)\r\n")
              == (isOnly || status != 431), "\(status) \(isOnly)")
        }
      }
    }
  }

  @Test("Where no origin is allowed nothing is said of origins")
  func off() async throws {
    try await LiveGateway.run { live in
      let answer = try await live.client.send(.GET, "/healthz", headers: ["Origin": Self.app])
      #expect(answer.status == 200)
      #expect(!answer.headers.contains(name: "vary"))
      #expect(!answer.headers.contains(name: "access-control-allow-origin"))
      let question = try await live.client.send(
        .OPTIONS, "/api/things",
        headers: ["Origin": Self.app, "Access-Control-Request-Method": "POST"])
      #expect(question.status == 403)
    }
  }

  @Test("/api/v1 is the same as /api")
  func versions() async throws {
    try await LiveGateway.run { live in
      let client = try live.client
      #expect(try await client.send(.GET, "/api/v1/things/x?count=3").text.contains(#""index":3"#))
      let post = try await client.send(.POST, "/api/v1/things", json: Array("{}".utf8))
      #expect(post.status == 201)
      for path in ["/api/v2/things/x", "/api/v1", "/api/v1/", "/api/v1/v1/things/x"] {
        #expect(try await client.send(.GET, path).status == 404)
      }
      let problem = try await client.send(.GET, "/api/v1/mine")
      #expect(problem.status == 401)
      #expect(problem.text.contains(#""instance":"/api/v1/mine""#))
    }
  }
}
