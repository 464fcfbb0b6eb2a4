import Foundation
import Glibc
import ProcessKit
import TestSupport
import Testing

@Suite struct ReadinessNotifierTests {
  /// A datagram socket of a supervisor.
  private final class Supervisor {
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)

    init(path: String) throws {
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
      let result = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
      try #require(result == 0)
    }

    deinit { close(descriptor) }

    func receive() -> String {
      var buffer = [UInt8](repeating: 0, count: 512)
      let count = recv(descriptor, &buffer, buffer.count, 0)
      return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }
  }

  @Test func theSupervisorHearsOfEachState() throws {
    let folder = try TemporaryFolder()
    let supervisor = try Supervisor(path: "\(folder.path)/n")
    let notifier = ReadinessNotifier(path: "\(folder.path)/n")
    try notifier.ready(status: "trading on 127.0.0.1:1")
    #expect(supervisor.receive() == "READY=1\nSTATUS=trading on 127.0.0.1:1")
    notifier.stopping()
    #expect(supervisor.receive() == "STOPPING=1")
  }

  @Test func withoutASocketNobodyAsked() throws {
    try ReadinessNotifier(path: nil).ready()
    try ReadinessNotifier(path: "").ready()
  }

  @Test func aSupervisorThatIsGoneIsNamed() {
    #expect {
      try ReadinessNotifier(path: "/no/such/socket").ready()
    } throws: {
      "\($0)" == "NOTIFY_SOCKET /no/such/socket: No such file or directory"
    }
    #expect {
      try ReadinessNotifier(path: String(repeating: "x", count: 108)).ready()
    } throws: {
      "\($0)".contains("longer than the 107 bytes")
    }
  }
}
