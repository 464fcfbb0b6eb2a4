import Foundation
import TLS
import TestSupport
import Testing

/// `openssl s_client`, an independent implementation of the client's side, over a real socket.
@Suite struct ForeignPeerTests {
  let certificates: TestCertificates

  init() throws { certificates = try TestCertificates() }

  @Test func clientOfTLS12IsRefused() throws {
    let result = try connect(with: ["-tls1_2"])
    #expect(result.error?.code == .protocolVersionUnsupported)
    #expect(result.output.contains("alert protocol version"))
  }

  @Test func clientOfTLS13WithCertificateIsAccepted() throws {
    let identity = try certificates.service("gateway")
    let result = try connect(with: [
      "-cert", identity.certificateChainPath, "-key", identity.privateKeyPath,
      "-verify_return_error", "-verify_hostname", "localhost", "-ign_eof",
    ])
    #expect(result.error == nil)
    #expect(result.output.contains("TLSv1.3"))
    #expect(result.output.contains("ALPN protocol: h2"))
    #expect(result.output.contains("Verify return code: 0 (ok)"))
    #expect(result.output.contains("hello from the server"))
  }

  @Test func clientOfTLS13WithoutCertificateIsRefused() throws {
    let result = try connect(with: ["-ign_eof"])
    #expect(result.error?.code == .peerCertificateMissing)
    #expect(result.output.contains("alert certificate required"))
  }

  /// Serves one connection, greets the client, and says goodbye.
  private func connect(
    with arguments: [String]
  ) throws -> (error: TLSError?, output: String) {
    let listener = try Listener()
    let client = Process()
    client.executableURL = URL(filePath: "/usr/bin/env")
    client.arguments =
      [
        "openssl", "s_client", "-connect", "127.0.0.1:\(listener.port)", "-servername",
        "localhost", "-alpn", "h2", "-CAfile", certificates.authorityPath,
      ] + arguments
    let output = Pipe()
    client.standardOutput = output
    client.standardError = output
    client.standardInput = FileHandle.nullDevice
    try client.run()
    let session = try TLSSession(TLSContext(certificates.meshServer("trading")))
    let error = try listener.serve(session, greeting: "hello from the server")
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    client.waitUntilExit()
    return (error, text)
  }
}

/// A listening socket that serves one TLS session by blocking calls.
private final class Listener {
  let descriptor: Int32
  let port: UInt16

  init() throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(listener, address, length) == 0 && listen(listener, 1) == 0
          && getsockname(listener, address, &length) == 0
      }
    }
    try #require(bound)
    descriptor = listener
    port = UInt16(bigEndian: address.sin_port)
  }

  deinit { close(descriptor) }

  func serve(_ session: TLSSession, greeting: String) throws -> TLSError? {
    let peer = accept(descriptor, nil, nil)
    try #require(peer >= 0)
    defer { close(peer) }
    var buffer = [UInt8](repeating: 0, count: 16 * 1024)
    var greeted = false
    while true {
      let count = recv(peer, &buffer, buffer.count, 0)
      if count <= 0 { return nil }
      buffer.withUnsafeBytes { session.receive(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
      var failure: TLSError?
      do {
        if try session.advanceHandshake(), !greeted {
          greeted = true
          try Array(greeting.utf8).withUnsafeBytes { try session.write($0) }
          session.close()
        }
      } catch let error as TLSError { failure = error }
      let pending = buffer.withUnsafeMutableBytes { session.takeCiphertext(into: $0) }
      _ = send(peer, buffer, pending, Int32(MSG_NOSIGNAL))
      if failure != nil { return failure }
    }
  }
}
