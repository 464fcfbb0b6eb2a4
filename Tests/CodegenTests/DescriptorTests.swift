import CodegenCore
import ProtobufC
import Testing

/// The front end: protobuf-c's view of a request as plain values, and the answer's bytes.
@Suite struct DescriptorTests {
  @Test func requestIsReadWhole() throws {
    let request = try GoldenCase(name: "services").request()
    #expect(request.filesToGenerate == ["input.proto"])
    let file = try #require(request.files.first { $0.name == "input.proto" })
    #expect(file.package == "golden.services.v1")
    #expect(file.syntax == .proto3)
    #expect(file.dependencies == ["alphintra/options/options.proto"])
    let echo = try #require(file.services.first?.methods.first)
    #expect(echo.name == "Echo")
    #expect(echo.inputType == "golden.services.v1.EchoRequest")
    #expect(echo.idempotency == .noSideEffects)
    #expect(!echo.isClientStreaming && !echo.isServerStreaming)
    #expect(echo.location.line == 11)
    #expect(echo.location.leadingComment.hasPrefix(" One request, one response."))
    // (access) = {anyone: true user: USER_NONE}, without the length protobuf-c leaves in front.
    #expect(
      echo.options.contains(CustomOption(number: 51001, wireType: 2, value: [0x10, 1, 0x18, 1])))
    #expect(echo.options.contains(CustomOption(number: 51002, wireType: 0, value: [0xD0, 0x0F])))
  }

  @Test func presenceOneofsAndMapsAreSeen() throws {
    let optional = try #require(
      GoldenCase(name: "optional").request().files.first?.messages.first)
    #expect(optional.fields.map(\.isProto3Optional) == [true, true, true, true, false, true])
    let map = try #require(GoldenCase(name: "map").request().files.first?.messages.first)
    #expect(map.messages.map(\.isMapEntry) == [true, true, true, true])
    let scalars = try #require(GoldenCase(name: "scalars").request().files.first?.messages.last)
    #expect(scalars.fields.last?.packed == false)
    #expect(scalars.fields.first?.packed == nil)
  }

  @Test func bytesThatAreNoRequestAreRefused() {
    #expect(throws: ProtobufCError.malformedRequest) {
      try CodeGeneratorRequest(serialized: [0x0A, 5, 1])
    }
    #expect(throws: ProtobufCError.malformedDescriptorSet) {
      try FileDescriptorSet(serialized: [0x0A, 5, 1])
    }
  }

  @Test func responseIsPacked() {
    let response = CodeGeneratorResponse(files: [.init(name: "a", content: "b✓")])
    // supported_features = 1, then the file with name and content.
    #expect(
      response.serialized() == [0x10, 1, 0x7A, 9, 0x0A, 1, 0x61, 0x7A, 4, 0x62, 0xE2, 0x9C, 0x93])
    #expect(CodeGeneratorResponse(error: "no").serialized() == [0x0A, 2, 0x6E, 0x6F, 0x10, 1])
  }

  @Test("what a newer protoc calls an edition is refused")
  func editionsAreRefused() throws {
    var request = try GoldenCase(name: "empty").request()
    let index = try #require(request.files.firstIndex { $0.name == "input.proto" })
    request.files[index].syntax = .other("editions")
    request.files[index].package = ""
    let error = try #require(Generator.respond(to: request).error)
    #expect(error.contains("input.proto:1: editions are not supported: "))
    #expect(error.contains("input.proto:1: the file states no package: "))
  }

  @Test func unknownParameterIsRefused() throws {
    var request = try GoldenCase(name: "empty").request()
    request.parameter = "colour=red"
    #expect(
      Generator.respond(to: request).error?.hasPrefix("unknown parameter \"colour=red\"") == true)
  }
}
