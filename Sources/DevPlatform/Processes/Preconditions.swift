import DevTools
import Foundation

/// What must hold before anything is started: found at once, rather than in the log of a child.
enum Preconditions {
  static func check(_ options: Platform.Options) throws(PlatformError) {
    for program in ["alphintra", "alphintra-gateway"] {
      let path = "\(options.programsFolder)/\(program)"
      guard FileManager.default.isExecutableFile(atPath: path) else { throw .missingProgram(path) }
    }
    guard FileManager.default.isReadableFile(atPath: options.barsPath) else {
      throw .missingFile(options.barsPath, what: "the price data")
    }
    var ports = [(options.postgresPort, "--postgres-port")]
    for number in 0..<options.replicas {
      ports.append((options.gatewayPort.map { $0 + number }, "--port"))
    }
    for case (let port?, let flag) in ports where !LoopbackPort.isFree(port) {
      throw .portTaken(port, flag: flag)
    }
  }
}
