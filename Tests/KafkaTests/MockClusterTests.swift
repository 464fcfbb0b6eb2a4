import Foundation
import Kafka
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct MockClusterTests {
  @Test("nobody else gets a broker's port while it is down")
  func portsAreHeld() throws {
    let cluster = try MockCluster(brokers: 2, logger: .quiet)
    let ports = cluster.address.split(separator: ",").compactMap { address in
      address.split(separator: ":").last.flatMap { UInt16($0) }
    }
    #expect(ports.count == 2)
    for _ in 0..<3 {
      cluster.setDown()
      for port in ports {
        #expect(!accepts(port))
        #expect(!canTake(port))
      }
      try cluster.setUp()
      for port in ports { #expect(accepts(port)) }
    }
  }

  private func accepts(_ port: UInt16) -> Bool { tries(port, connect) }

  /// As the system does for a client that connects from any port.
  private func canTake(_ port: UInt16) -> Bool { tries(port, bind) }

  private func tries(
    _ port: UInt16, _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}
