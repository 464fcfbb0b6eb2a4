import Foundation
public import TLS

/// The certificates that gRPC's interoperability tests use: of an authority and of a server, and its key.
///
/// Everybody has the key, so they prove nothing; none of it is kept here. Debian's `ruby-grpc` brings the folder.
public struct TestCredentials: Sendable {
  /// The folder with `ca.pem`, `server1.pem` and `server1.key`.
  public let folder: String

  /// Uses a folder; nil looks for that of `ruby-grpc`.
  ///
  /// - Throws: `InteropFailure` if there is none.
  public init(folder: String? = nil) throws(InteropFailure) {
    guard let folder = folder ?? RubyGem.grpc.map({ "\($0)/src/ruby/spec/testdata" }) else {
      throw InteropFailure(
        description: "there are no test certificates: install ruby-grpc, or name their folder")
    }
    self.folder = folder
  }

  /// What a server presents; it asks for nothing.
  public var server: TLSConfiguration {
    .server(
      identity: TLSConfiguration.Identity(
        certificateChainPath: "\(self.folder)/server1.pem",
        privateKeyPath: "\(self.folder)/server1.key"),
      clientAuthentication: .none, applicationProtocols: ["h2"])
  }

  /// What a client trusts, and the name it expects of the server.
  public func client(expecting host: String) -> TLSConfiguration {
    .client(
      identity: nil, trustedAuthoritiesPath: "\(self.folder)/ca.pem",
      expecting: .init(host: host), applicationProtocols: ["h2"])
  }
}

/// Where Debian puts the files of Ruby's packages.
public enum RubyGem {
  /// The folder of `ruby-grpc`, with the official test client and server; nil if it is not installed.
  public static let grpc: String? = {
    let files = FileManager.default
    let root = "/usr/lib"
    for machine in (try? files.contentsOfDirectory(atPath: root)) ?? [] {
      let gems = "\(root)/\(machine)/rubygems-integration"
      for version in ((try? files.contentsOfDirectory(atPath: gems)) ?? []).sorted() {
        let folder = "\(gems)/\(version)/gems"
        let found = ((try? files.contentsOfDirectory(atPath: folder)) ?? []).first {
          $0.wholeMatch(of: /grpc-[0-9.]+/) != nil
        }
        if let found { return "\(folder)/\(found)" }
      }
    }
    return nil
  }()
}
