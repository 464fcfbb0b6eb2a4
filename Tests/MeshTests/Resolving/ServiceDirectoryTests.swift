import Foundation
import Mesh
import Testing

@Suite final class ServiceDirectoryTests {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("alphintra-directory-\(UUID().uuidString)").path

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  @Test(arguments: [
    ("127.0.0.1:8443", "127.0.0.1", 8443), ("trading.internal:1", "trading.internal", 1),
    ("[::1]:65535", "::1", 65535),
  ])
  func addressIsReadAndWritten(text: String, host: String, port: Int) {
    #expect(ServiceAddress(text) == ServiceAddress(host: host, port: port))
    #expect(ServiceAddress(host: host, port: port).description == text)
  }

  @Test func socketIsAnAddress() {
    #expect(ServiceAddress("unix:/run/x") == .unix(path: "/run/x"))
    #expect(ServiceAddress.unix(path: "/run/x").description == "unix:/run/x")
    #expect(ServiceAddress.unix(path: "/run/x").port == nil)
  }

  @Test(arguments: [
    "unix:", "unix:/", "unix:x", "a/b:1", "unix:/\(String(repeating: "x", count: 107))",
    "", "trading", ":80", "trading:", "trading:0", "trading:65536", "trading:x", "::1:80", "a b:80",
    "[]:80", "trading:80:81", "trading:-1",
  ])
  func anythingElseIsNoAddress(text: String) {
    #expect(ServiceAddress(text) == nil)
  }

  @Test func tableAnswersForItsServicesOnly() throws {
    let address = ServiceAddress(host: "h", port: 1)
    let directory = ServiceDirectory(["trading": [address], "auth": []])
    #expect(try directory.addresses(of: "trading") == [address])
    for name in ["auth", "marketdata"] {
      #expect(throws: ServiceDirectoryError.unknownService(name)) {
        try directory.addresses(of: name)
      }
    }
  }

  @Test func folderIsReadAnewEachTime() throws {
    let directory = ServiceDirectory(folder: folder)
    #expect(throws: ServiceDirectoryError.unknownService("trading")) {
      try directory.addresses(of: "trading")
    }
    let one = ServiceAddress(host: "127.0.0.1", port: 1)
    let two = ServiceAddress(host: "::1", port: 2)
    try directory.publish([one, two], of: "trading")
    #expect(try directory.addresses(of: "trading") == [one, two])
    try directory.publish([two], of: "trading")
    #expect(try directory.addresses(of: "trading") == [two])
  }

  @Test func fileMayHaveBlankLinesAndRepetitions() throws {
    let directory = ServiceDirectory(folder: folder)
    try directory.publish([], of: "trading")
    try "\n a:1 \r\n\na:1\nb:2".write(
      toFile: "\(folder)/trading", atomically: true, encoding: .utf8)
    #expect(
      try directory.addresses(of: "trading")
        == [ServiceAddress(host: "a", port: 1), ServiceAddress(host: "b", port: 2)])
  }

  @Test func malformedLineIsNamed() throws {
    let directory = ServiceDirectory(folder: folder)
    try directory.publish([], of: "trading")
    try "a:1\nnonsense".write(toFile: "\(folder)/trading", atomically: true, encoding: .utf8)
    #expect(
      throws: ServiceDirectoryError.malformed(path: "\(folder)/trading", line: "nonsense")
    ) { try directory.addresses(of: "trading") }
  }

  @Test func everyInstanceHasAPlaceOfItsOwn() throws {
    let directory = ServiceDirectory(folder: folder)
    let (one, two) = (ServiceAddress(host: "a", port: 1), ServiceAddress(host: "a", port: 2))
    let fixed = ServiceAddress(host: "b", port: 3)
    let first = try #require(try directory.register(one, of: "trading"))
    let second = try #require(try directory.register(two, of: "trading"))
    try directory.publish([fixed], of: "trading")
    let other = try #require(try directory.register(two, of: "tradingvenue"))
    #expect(Set(try directory.addresses(of: "trading")) == [one, two, fixed])
    first.withdraw()
    first.withdraw()
    #expect(Set(try directory.addresses(of: "trading")) == [two, fixed])
    second.withdraw()
    other.withdraw()
    #expect(try directory.addresses(of: "trading") == [fixed])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["trading"])
  }

  @Test func whatADeadInstanceLeftIsPassedOverAndRemoved() throws {
    let directory = ServiceDirectory(folder: folder)
    let alive = ServiceAddress(host: "a", port: 1)
    let registration = try #require(try directory.register(alive, of: "trading"))
    // As after kill -9: the file is there, the lock went with the process.
    try "a:2".write(toFile: "\(folder)/trading@9-x", atomically: true, encoding: .utf8)
    #expect(try directory.addresses(of: "trading") == [alive])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 1)
    registration.withdraw()
  }

  @Test func aTableStaysAsItIs() throws {
    let directory = ServiceDirectory([:])
    let registration = try directory.register(ServiceAddress(host: "a", port: 1), of: "trading")
    #expect(registration == nil)
  }
}
