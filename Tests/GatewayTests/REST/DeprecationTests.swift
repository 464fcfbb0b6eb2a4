import Core
import EdgeClient
import NIOHTTP1
import Testing
import Transcoding

@testable import Gateway

@Suite("Operations that go") struct DeprecationTests {
  @Test("Every answer says since when and until when, the good ones and the problems")
  func headers() async throws {
    try await LiveGateway.run { live in
      let client = try live.client
      for (path, status) in [
        ("/api/old-things/x", 200), ("/api/v1/old-things/x", 200),
        ("/api/old-things/x?fail_code=5", 404), ("/api/old-things/x?nothing=1", 400),
      ] {
        let answer = try await client.send(.GET, path)
        #expect(answer.status == status)
        #expect(answer.headers["deprecation"] == ["@1793491200"])
        #expect(answer.headers["sunset"] == ["Sat, 01 May 2027 00:00:00 GMT"])
        #expect(answer.headers["link"] == ["</docs>; rel=\"deprecation\""])
      }
      for path in ["/api/things/x", "/api/nothing"] {
        let answer = try await client.send(.GET, path)
        for name in ["deprecation", "sunset", "link"] {
          #expect(!answer.headers.contains(name: name), "\(path) \(name)")
        }
      }
    }
  }

  @Test("What is not known yet is not said")
  func unknownEnd() {
    let deprecation = Deprecation(since: "2024-02-29")
    #expect(deprecation.headers.map(\.name) == ["deprecation"])
    #expect(deprecation.headers.map(\.value) == ["@1709164800"])
  }
}
