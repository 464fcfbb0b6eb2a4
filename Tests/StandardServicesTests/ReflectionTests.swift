import GRPCContract
import Protobuf
import RPC
import RPCInProcess
import StandardServices
import Testing

/// `grpc.reflection.v1` as our own client sees it, within the process.
@Suite(.timeLimit(.minutes(5))) struct ReflectionTests {
  private typealias Question = ReflectionV1.ServerReflectionRequest.MessageRequest
  private typealias Answer = ReflectionV1.ServerReflectionResponse.MessageResponse

  /// The answers of one stream.
  private func ask(
    _ questions: [Question?], as caller: String? = "gateway"
  ) async throws -> [ReflectionV1.ServerReflectionResponse] {
    let client = ReflectionV1.ServerReflectionClient(StandardServer().channel(as: caller))
    let call = try await client.serverReflectionInfo()
    var responses = call.responses.makeAsyncIterator()
    var answers: [ReflectionV1.ServerReflectionResponse] = []
    for question in questions {
      try await call.requests.write(
        .with {
          $0.host = "here"
          $0.messageRequest = question
        })
      answers.append(try #require(try await responses.next()))
    }
    call.requests.finish()
    #expect(try await responses.next() == nil)
    return answers
  }

  private func files(in response: ReflectionV1.ServerReflectionResponse) throws -> [[UInt8]] {
    guard case .fileDescriptorResponse(let files) = response.messageResponse else {
      Issue.record("\(String(describing: response.messageResponse))")
      return []
    }
    return files.fileDescriptorProto
  }

  /// The file's own name: field 1 of the descriptor, which comes first.
  private func name(of file: [UInt8]) -> String {
    String(decoding: file.dropFirst(2).prefix(Int(file[1])), as: UTF8.self)
  }

  @Test func servicesAreListed() async throws {
    let answer = try await ask([.listServices("")])[0]
    guard case .listServicesResponse(let list) = answer.messageResponse else {
      Issue.record("\(answer)")
      return
    }
    #expect(
      list.service.map(\.name) == [
        "alphintra.testing.v1.TestingService", "grpc.health.v1.Health",
        "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection",
      ])
    #expect(answer.validHost == "here")
    #expect(answer.originalRequest?.messageRequest == .listServices(""))
  }

  @Test("a file comes with its imports, and within a stream they come once")
  func filesWithImports() async throws {
    let service = "alphintra/testing/v1/testing_service.proto"
    let answers = try await ask([
      .fileByFilename(service), .fileContainingSymbol(StandardServer.testing),
      .fileByFilename("google/protobuf/descriptor.proto"),
    ])
    let first = try files(in: answers[0]).map(name)
    #expect(
      first == [
        service, "alphintra/options/options.proto", "google/protobuf/descriptor.proto",
      ])
    #expect(try files(in: answers[1]).map(name) == [service])
    #expect(try files(in: answers[2]).map(name) == ["google/protobuf/descriptor.proto"])
  }

  @Test(
    "each kind of declaration leads to its file",
    arguments: [
      "alphintra.testing.v1.TestingService", "alphintra.testing.v1.TestingService.Echo",
      "alphintra.testing.v1.EchoRequest", "alphintra.testing.v1.EchoRequest.text",
    ])
  func symbols(name symbol: String) async throws {
    let answer = try await ask([.fileContainingSymbol(symbol)])[0]
    #expect(
      try files(in: answer).first.map(name) == "alphintra/testing/v1/testing_service.proto")
  }

  @Test("a nested enum, its value beside it, and a oneof")
  func nestedSymbols() async throws {
    let answers = try await ask([
      .fileContainingSymbol("grpc.health.v1.HealthCheckResponse.ServingStatus"),
      .fileContainingSymbol("grpc.health.v1.HealthCheckResponse.SERVING"),
      .fileContainingSymbol("grpc.reflection.v1.ServerReflectionRequest.message_request"),
      .fileContainingSymbol("grpc.reflection.v1alpha.ServerReflection"),
    ])
    let names = try answers.map { try files(in: $0).first.map(name) }
    #expect(
      names == [
        "grpc/health/v1/health.proto", "grpc/health/v1/health.proto",
        "grpc/reflection/v1/reflection.proto", "grpc/reflection/v1alpha/reflection.proto",
      ])
  }

  @Test func extensions() async throws {
    let answers = try await ask([
      .fileContainingExtension(
        .with {
          $0.containingType = "google.protobuf.MethodOptions"
          $0.extensionNumber = 51001
        }),
      .allExtensionNumbersOfType("google.protobuf.OneofOptions"),
      .allExtensionNumbersOfType("alphintra.testing.v1.EchoRequest"),
      .fileContainingSymbol("alphintra.options.access"),
    ])
    #expect(try files(in: answers[0]).first.map(name) == "alphintra/options/options.proto")
    guard case .allExtensionNumbersResponse(let oneof) = answers[1].messageResponse,
      case .allExtensionNumbersResponse(let none) = answers[2].messageResponse
    else {
      Issue.record("\(answers)")
      return
    }
    #expect(oneof.baseTypeName == "google.protobuf.OneofOptions")
    #expect(oneof.extensionNumber == [51031])
    #expect(none.extensionNumber.isEmpty)
    #expect(try files(in: answers[3]).map(name) == ["alphintra/options/options.proto"])
  }

  @Test("what is not there is said within the stream, which goes on")
  func errors() async throws {
    let missing: [Question] = [
      .fileByFilename("no/such/file.proto"), .fileContainingSymbol("no.such.Symbol"),
      .fileContainingExtension(.with { $0.containingType = "google.protobuf.MethodOptions" }),
      .allExtensionNumbersOfType("no.such.Type"),
      // Part of the pool, and of no service that is served here.
      .fileByFilename("alphintra/trading/v1/order.proto"),
    ]
    let answers = try await ask(missing + [nil, .listServices("")])
    for answer in answers.prefix(missing.count) {
      guard case .errorResponse(let error) = answer.messageResponse else {
        Issue.record("\(answer)")
        continue
      }
      #expect(error.errorCode == Int32(StatusCode.notFound.rawValue))
      #expect(error.errorMessage.hasPrefix("there is no "))
    }
    guard case .errorResponse(let error) = answers[missing.count].messageResponse else {
      Issue.record("\(answers[missing.count])")
      return
    }
    #expect(error.errorCode == Int32(StatusCode.invalidArgument.rawValue))
    guard case .listServicesResponse = answers[missing.count + 1].messageResponse else {
      Issue.record("\(answers[missing.count + 1])")
      return
    }
  }

  @Test("any service of the mesh may ask, and nobody else")
  func access() async throws {
    let error = await #expect(throws: RPCError.self) {
      try await ask([.listServices("")], as: nil)
    }
    #expect(error?.code == .unauthenticated)
  }
}
