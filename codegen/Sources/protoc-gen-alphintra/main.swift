import CodegenCore
import Foundation
import ProtobufC

// A protoc plugin: the request comes by standard input, the answer leaves by standard output.
// Mistakes in the contracts are part of the answer; a request that cannot be read ends the plugin.
do {
  let input = try FileHandle.standardInput.readToEnd() ?? Data()
  let request = try CodeGeneratorRequest(serialized: [UInt8](input))
  let response = Generator.respond(to: request)
  try FileHandle.standardOutput.write(contentsOf: Data(response.serialized()))
} catch {
  FileHandle.standardError.write(Data("protoc-gen-alphintra: \(error)\n".utf8))
  exit(1)
}
