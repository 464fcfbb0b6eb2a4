import Foundation
import Gzip
import TestSupport
import Testing

@testable import Gateway

@Suite("The files inside the gateway")
struct StaticFileTests {
  /// Where each file of the folder is served; documents for the people who keep them are not.
  private static func served() throws -> [String: [UInt8]] {
    let folder = URL(filePath: PythonPeer.repository).appending(path: "gateway/web")
    let names = try #require(FileManager.default.enumerator(atPath: folder.path))
      .compactMap { $0 as? String }
    var served: [String: [UInt8]] = [:]
    for name in names where !name.hasSuffix(".md") {
      let file = folder.appending(path: name)
      guard try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else {
        continue
      }
      let path =
        switch name {
        case "index.html": "/"
        case "docs.html": "/docs"
        case let name where name.hasSuffix("LICENSE"): "/assets/\(name).txt"
        default: "/assets/\(name)"
        }
      served[path] = Array(try Data(contentsOf: file))
    }
    let description = URL(filePath: PythonPeer.repository).appending(path: "gateway/openapi.json")
    served["/openapi.json"] = Array(try Data(contentsOf: description))
    return served
  }

  @Test("every file of gateway/web is embedded, byte for byte, and nothing else is")
  func embedded() throws {
    let served = try Self.served()
    let files = StaticFiles.embedded
    #expect(files.paths == served.keys.sorted())
    for (path, bytes) in served {
      #expect(files[path]?.plain.body == bytes, "\(path) differs: build again")
    }
  }

  @Test("what compresses is kept compressed, and is the same file")
  func compressed() throws {
    let files = StaticFiles.embedded
    let bundle = try #require(
      files["/assets/vendor/swagger-ui-5.33.1/swagger-ui-bundle.js"])
    let gzip = try #require(bundle.gzip)
    #expect(gzip.body.count * 2 < bundle.plain.body.count)
    #expect(gzip.entityTag != bundle.plain.entityTag)
    for path in files.paths {
      guard let file = files[path], let gzip = file.gzip else { continue }
      let back = try Gzip.inflate(gzip.body, byteLimit: file.plain.body.count)
      #expect(back == file.plain.body, "\(path)")
    }
    #expect(StaticFile(path: "/assets/a.css", body: Array("a{}".utf8)).gzip == nil)
  }

  @Test(
    "the media type follows from the name",
    arguments: [
      ("/", "text/html; charset=utf-8"), ("/docs", "text/html; charset=utf-8"),
      ("/assets/js/main.js", "text/javascript; charset=utf-8"),
      ("/assets/css/theme.css", "text/css; charset=utf-8"), ("/openapi.json", "application/json"),
      ("/assets/icon.svg", "image/svg+xml"), ("/assets/a.bin", "application/octet-stream"),
    ])
  func contentType(path: String, expected: String) {
    #expect(StaticFile(path: path, body: []).contentType == expected)
  }

  @Test("the pages name nothing of another origin")
  func ownOrigin() throws {
    for path in StaticFiles.embedded.paths where !path.contains("/vendor/") {
      let file = try #require(StaticFiles.embedded[path])
      guard file.contentType.hasPrefix("text/") else { continue }
      let text = String(decoding: file.plain.body, as: UTF8.self)
      for foreign in ["http://", "https://", "\"//"] {
        #expect(!text.contains(foreign), "\(path) names \(foreign)")
      }
      #expect(
        !text.contains("innerHTML") && !text.contains("eval("), "\(path) builds markup or code")
      if file.contentType.hasPrefix("text/html") {
        #expect(!text.contains("style=") && !text.contains("onclick="), "\(path) has inline parts")
        #expect(!text.contains("<style"), "\(path) has an inline style")
      }
    }
  }

  @Test(
    "gzip is sent to those who take it",
    arguments: [
      (["gzip"], true), (["gzip, deflate, br"], true), (["br", "gzip;q=0.5"], true),
      (["GZIP"], true), (["x-gzip"], true), (["*"], true), (["br;q=1, *;q=0.1"], true),
      ([], false), ([""], false), (["identity"], false), (["gzip;q=0"], false),
      (["gzip ; q=0.000"], false), (["*;q=0"], false), (["*, gzip;q=0"], false), (["br"], false),
      (["gzipped"], false),
    ])
  func takesGzip(fields: [String], expected: Bool) {
    #expect(ContentCoding.takesGzip(fields) == expected)
  }

  @Test(
    "a tag is known again",
    arguments: [
      (#""a""#, true), (#"W/"a""#, true), (#""b", "a""#, true), (#""b",W/"a" "#, true), ("*", true),
      (#""b""#, false), (#""aa""#, false), ("a", false), ("", false), (#""a"#, false),
      (#""""#, false),
    ])
  func entityTags(field: String, expected: Bool) {
    #expect(EntityTags.list([field], namesOneOf: [#""a""#]) == expected)
  }
}
