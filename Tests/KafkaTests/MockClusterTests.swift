import Foundation
import Kafka
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct MockClusterTests {
  @Test("nobody else gets a broker's port while it is down")
  func portsAreHeld() throws {
    let cluster = try MockCluster(brokers: 2, logger: .quiet)
    let ports = cluster.ports
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

  /// A process that starts has a copy of the descriptors of the thread that forks it, until it executes its
  /// program: a broker cannot listen anew at a port at which a copy still listens, and librdkafka ends the process.
  @Test("no process that starts keeps a broker's port")
  func childrenDoNotListen() async throws {
    let cluster = try MockCluster(brokers: 2, logger: .quiet)
    #expect(listeningPorts().isDisjoint(with: cluster.ports))
    try await withBackground {
      while !Task.isCancelled { _ = try? await Program.run("/bin/true", []) }
    } body: {
      for _ in 0..<50 {
        cluster.setDown()
        try cluster.setUp()
        try await Task.sleep(for: .milliseconds(1))
      }
    }
  }

  /// Where this thread listens, and whatever it forks.
  private func listeningPorts() -> Set<UInt16> {
    let folder = "/proc/thread-self/fd"
    let descriptors = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return Set(
      descriptors.compactMap { Int32($0) }.compactMap { descriptor in
        var isListening: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard
          getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &length) == 0,
          isListening == 1
        else { return nil }
        var address = sockaddr_in()
        length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
          pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            getsockname(descriptor, $0, &length)
          }
        }
        return result == 0 ? UInt16(bigEndian: address.sin_port) : nil
      })
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

extension MockCluster {
  fileprivate var ports: [UInt16] {
    address.split(separator: ",").compactMap { address in
      address.split(separator: ":").last.flatMap { UInt16($0) }
    }
  }
}
