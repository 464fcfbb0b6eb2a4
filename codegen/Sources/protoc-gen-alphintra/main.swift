import CodegenCore
import Foundation
import ProtobufC

// Without arguments a protoc plugin: the request comes by standard input, the answer leaves by
// standard output. Mistakes in the contracts are part of the answer; a request that cannot be read
// ends the plugin.
//
//   protoc-gen-alphintra --check BASELINE
//
// checks the descriptor set on standard input: its style, and what has changed since the baseline.
// Findings leave by standard output, one a line; the exit code says whether there are any.
do {
  let arguments = CommandLine.arguments.dropFirst()
  switch (arguments.first, arguments.count) {
  case (nil, _): try generate()
  case ("--check", 2): try check(baseline: arguments[2])
  default:
    throw Failure(description: "run by protoc without arguments, or with --check BASELINE")
  }
} catch {
  FileHandle.standardError.write(Data("protoc-gen-alphintra: \(error)\n".utf8))
  exit(2)
}

func standardInput() throws -> [UInt8] {
  [UInt8](try FileHandle.standardInput.readToEnd() ?? Data())
}

func generate() throws {
  let request = try CodeGeneratorRequest(serialized: standardInput())
  let response = Generator.respond(to: request)
  try FileHandle.standardOutput.write(contentsOf: Data(response.serialized()))
}

func check(baseline: String) throws {
  guard let released = FileManager.default.contents(atPath: baseline) else {
    throw Failure(description: "there is no \(baseline); `make release-contracts` writes it")
  }
  let findings = try ContractCheck.findings(
    in: try descriptors(standardInput(), "standard input"),
    since: try descriptors([UInt8](released), baseline))
  for finding in findings { print(finding) }
  if !findings.isEmpty { exit(1) }
}

func descriptors(_ bytes: [UInt8], _ name: String) throws -> FileDescriptorSet {
  do {
    return try FileDescriptorSet(serialized: bytes)
  } catch {
    throw Failure(description: "\(name) is not what `protoc -o` writes: \(error)")
  }
}

struct Failure: Error, CustomStringConvertible {
  let description: String
}
