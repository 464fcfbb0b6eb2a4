import ArgumentParser
import DevPlatform
import ProcessKit

/// `alphintra certs`: an authority for development, and what it issues.
struct Certs: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make the certificates and keys of a development mesh.",
    discussion: """
      Makes an authority, a certificate for each service and for the gateway (as itself in the mesh, \
      and as `edge` towards browsers), and the key that signs access tokens. What is there and good \
      for another week is kept. Every file is readable by its owner alone.
      """)

  @Option(help: "The folder; made when it is missing.")
  var folder = ".dev/certificates"

  func run() async throws {
    let made = try PlatformCertificates(folder: folder).prepare()
    print(made.isEmpty ? "\(folder): all good" : "\(folder): made \(made.joined(separator: ", "))")
  }
}
