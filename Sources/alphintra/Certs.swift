import ArgumentParser
import Certificates
import DevPlatform
import Foundation

/// `alphintra certs`: an authority for development, and what it issues.
struct Certs: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make, renew and check the certificates of a development mesh.",
    discussion: """
      Makes an authority, a certificate for each service and for the gateway (as itself in the mesh, \
      and as `edge` towards browsers), and the key that signs access tokens. A service's certificate \
      carries spiffe://alphintra/service/<name> and the DNS names it is reached by, and serves it as \
      server and as client. Certificates live for a day; what is missing, damaged or past the half \
      of its lifetime is issued, the rest is kept. Every file is readable by its owner alone, and all \
      files change in one step.

      Processes that run read new certificates by themselves: `--rotate` in one terminal keeps a mesh \
      in others going for as long as both run. `alphintra dev` does that for its own.

        alphintra certs               make what is missing or due
        alphintra certs --rotate      the same, and again before each end
        alphintra certs --renew-all   replace all now, as after the loss of a key
        alphintra certs --check       list them; the exit code is 1 if one is bad
      """)

  @Option(help: "The folder; made when it is missing.")
  var folder = ".dev/certificates"

  @Option(
    help: ArgumentHelp(
      "How long new certificates last: a number and s, m, h or d.", valueName: "time"))
  var lifetime = Lifetime(seconds: CertificateFolder.leafLifetime)

  @Flag(help: "Go on until Ctrl-C, and issue certificates anew at the half of their lifetime.")
  var rotate = false

  @Flag(help: "Issue all certificates anew now; the authority stays.")
  var renewAll = false

  @Flag(help: "Only list what is there, and what is wrong with it.")
  var check = false

  func validate() throws {
    if check, rotate || renewAll {
      throw ValidationError("--check changes nothing: give it without --rotate and --renew-all")
    }
  }

  func run() async throws {
    let certificates = PlatformCertificates(folder: folder, lifetime: lifetime.seconds)
    if check { return try show(certificates.folder.certificates()) }
    let console = Console()
    let made = try certificates.prepare(renewing: renewAll ? .all : .due)
    console.print(
      made.isEmpty ? "\(folder): all good" : "\(folder): made \(made.joined(separator: ", "))")
    guard rotate else { return }
    _ = try await Interruptible.run(onSignal: {}) {
      await certificates.rotate { console.print("\(Date().formatted(.iso8601)) \($0)") }
    }
  }

  private func show(_ certificates: [CertificateDescription]) throws {
    guard !certificates.isEmpty else {
      ProgramStart.complain("\(folder) holds no certificates: `alphintra certs` makes them")
      throw ExitCode.failure
    }
    for certificate in certificates { print(CertificateText.lines(of: certificate)) }
    guard certificates.allSatisfy({ $0.problem == nil }) else { throw ExitCode.failure }
  }
}

/// A span of time as an argument: `90s`, `15m`, `24h`, `30d`.
struct Lifetime: ExpressibleByArgument, CustomStringConvertible {
  /// The shortest and the longest.
  static let limits: ClosedRange<TimeInterval> = 1...(365 * 86_400)
  private static let units: [(name: Character, seconds: TimeInterval)] = [
    ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1),
  ]

  let seconds: TimeInterval

  init(seconds: TimeInterval) { self.seconds = seconds }

  init?(argument: String) {
    guard let unit = Self.units.first(where: { argument.last == $0.name }),
      let count = Int(argument.dropLast()), count > 0
    else { return nil }
    let seconds = TimeInterval(count) * unit.seconds
    guard Self.limits.contains(seconds) else { return nil }
    self.seconds = seconds
  }

  var description: String {
    for unit in Self.units.dropFirst()
    where seconds.truncatingRemainder(dividingBy: unit.seconds) == 0 {
      return "\(Int(seconds / unit.seconds))\(unit.name)"
    }
    return "\(seconds)s"
  }

  var defaultValueDescription: String { description }
}
