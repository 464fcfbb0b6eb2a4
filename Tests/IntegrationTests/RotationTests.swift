import Certificates
import Foundation
import Mesh
import RPCTransport
import Synchronization
import TLS
import TestSupport
import Testing

@testable import DevPlatform

/// Certificates of the whole platform are replaced while it is used.
@Suite("Rotation on the platform") struct PlatformRotationTests {
  @Test(
    "every process shows its new certificate, and nobody who calls notices",
    .timeLimit(.minutes(10)))
  func rotation() async throws {
    try await PlatformFixture.run(routing: [Trader.routedSymbol]) { platform in
      let trader = try await Trader.signUp("ada", on: platform)
      let before = try await Shown(platform)
      let end = End()
      let calls = Task {
        var count = 0
        while !end.hasCome {
          // Through the edge, which is connected to anew each time, and from there into the mesh.
          _ = try await trader.client.orders()
          count += 1
        }
        return count
      }
      try platform.renewCertificates()
      try await eventually { try await Shown(platform).isDisjoint(with: before) }
      let after = try await Shown(platform)
      // What is shown now is what the files say.
      let stored = Set(platform.certificateFolder.certificates().map(\.serialNumber))
      #expect(stored.isSuperset(of: after.serialNumbers))
      end.come()
      #expect(try await calls.value > 0)
    }
  }

  /// Tells callers to make no more calls.
  private final class End: Sendable {
    private let flag = Atomic(false)
    var hasCome: Bool { flag.load(ordering: .relaxed) }
    func come() { flag.store(true, ordering: .relaxed) }
  }

  /// The serial numbers that new connections are shown, by the edge and by each service.
  private struct Shown {
    var serialNumbers: Set<String> = []

    init(_ platform: Platform) async throws {
      let folder = platform.certificateFolder
      for service in PlatformMember.services.map(\.name) {
        let address = try #require(
          try ServiceDirectory(folder: platform.directoryPath).addresses(of: service).first)
        let connection = try await ClientConnection.connect(
          host: "127.0.0.1", port: try #require(address.port),
          .init(
            tls: .client(
              identity: .init(
                certificateChainPath: folder.certificatePath(of: "gateway"),
                privateKeyPath: folder.privateKeyPath(of: "gateway")),
              trustedAuthoritiesPath: folder.authorityPath,
              expecting: .init(spiffeID: CertificateRequest.spiffeID(ofService: service)),
              applicationProtocols: ["h2"])))
        serialNumbers.insert(try #require(connection.serverCertificate).serialNumber)
        connection.close()
      }
      serialNumbers.insert(try await Self.edge(platform))
    }

    /// OpenSSL's own client asks the edge.
    private static func edge(_ platform: Platform) async throws -> String {
      let port = await platform.port
      let script = """
        openssl s_client -connect 127.0.0.1:\(port) -servername localhost </dev/null 2>/dev/null \
        | openssl x509 -noout -serial
        """
      let outcome = try await Program.run("/bin/bash", ["-c", script])
      let text = outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
      #expect(text.hasPrefix("serial="), "\(outcome)")
      return String(text.dropFirst("serial=".count))
    }

    func isDisjoint(with other: Shown) -> Bool {
      serialNumbers.isDisjoint(with: other.serialNumbers)
    }
  }
}
