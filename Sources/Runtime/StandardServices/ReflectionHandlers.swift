import GRPCContract
import Protobuf
import RPC
import Registry
import Synchronization

/// `grpc.reflection.v1.ServerReflection`: describes the server's services to tools that have no
/// contracts (gRPC Server Reflection Protocol, gRFC A15).
///
/// What is asked for and not there is an answer within the stream, which goes on.
final class ReflectionHandlers: ReflectionV1.ServerReflection {
  private let services: [String]
  private let descriptors: DescriptorPool
  /// Made when somebody asks first.
  private let index = Mutex<DescriptorIndex?>(nil)

  init(services: [String], descriptors: DescriptorPool) {
    self.services = services.sorted()
    self.descriptors = descriptors
  }

  func serverReflectionInfo(
    _ requests: RPCStream<ReflectionV1.ServerReflectionRequest>,
    responses: RPCWriter<ReflectionV1.ServerReflectionResponse>, context: ServerContext
  ) async throws {
    var sent: Set<String> = []
    for try await request in requests {
      let answer = try answer(request.messageRequest, &sent)
      try await responses.write(
        .with {
          $0.validHost = request.host
          $0.originalRequest = request
          $0.messageResponse = answer
        })
    }
  }

  private typealias Response = ReflectionV1.ServerReflectionResponse.MessageResponse

  /// - Parameter sent: the files that this stream has been sent; they are not sent again unasked.
  private func answer(
    _ request: ReflectionV1.ServerReflectionRequest.MessageRequest?, _ sent: inout Set<String>
  ) throws -> Response {
    let index = try openIndex()
    switch request {
    case .listServices:
      return .listServicesResponse(
        .with { list in
          list.service = services.map { name in .with { $0.name = name } }
        })
    case .fileByFilename(let name):
      return files(index, from: name, &sent) ?? Self.notFound("file", name)
    case .fileContainingSymbol(let name):
      return index.file(declaring: name).flatMap { files(index, from: $0, &sent) }
        ?? Self.notFound("symbol", name)
    case .fileContainingExtension(let wanted):
      return index.file(extending: wanted.containingType, by: wanted.extensionNumber)
        .flatMap { files(index, from: $0, &sent) }
        ?? Self.notFound("extension", "\(wanted.containingType) \(wanted.extensionNumber)")
    case .allExtensionNumbersOfType(let type):
      guard let numbers = index.extensionNumbers(of: type) else {
        return Self.notFound("type", type)
      }
      return .allExtensionNumbersResponse(
        .with {
          $0.baseTypeName = type
          $0.extensionNumber = numbers
        })
    case nil:
      return Self.error(.invalidArgument, "the request asks for nothing that is known here")
    }
  }

  private func openIndex() throws -> DescriptorIndex {
    try index.withLock { index in
      if let index { return index }
      let new = try descriptors.index(of: services)
      index = new
      return new
    }
  }

  private func files(
    _ index: DescriptorIndex, from name: String, _ sent: inout Set<String>
  ) -> Response? {
    guard let files = index.files(from: name) else { return nil }
    return .fileDescriptorResponse(
      .with { response in
        for file in files where sent.insert(file.name).inserted || file.name == name {
          response.fileDescriptorProto.append(file.bytes)
        }
      })
  }

  private static func notFound(_ what: String, _ name: String) -> Response {
    error(
      .notFound,
      "there is no \(what) \"\(String(name.unicodeScalars.prefix(quotedCharacters)))\" here")
  }

  private static func error(_ code: StatusCode, _ message: String) -> Response {
    .errorResponse(
      .with {
        $0.errorCode = Int32(code.rawValue)
        $0.errorMessage = message
      })
  }

  /// How much of a name that is not there an error repeats.
  private static let quotedCharacters = 200
}

/// The same service by the name it had before it was stable; its messages are those of v1.
///
/// Tools made before 2023 know it by no other.
struct ReflectionV1Alpha: RPCService {
  private let handlers: ReflectionHandlers

  init(_ handlers: ReflectionHandlers) { self.handlers = handlers }

  static let descriptor = ServiceDescriptor(
    name: "grpc.reflection.v1alpha.ServerReflection", methods: [method])

  private static let method: MethodDescriptor = {
    let stable = ReflectionV1.ServerReflectionMethods.serverReflectionInfo
    return MethodDescriptor(
      service: "grpc.reflection.v1alpha.ServerReflection", method: stable.method,
      kind: stable.kind, idempotency: stable.idempotency, access: stable.access,
      deadline: stable.deadline, criticality: stable.criticality)
  }()

  func register(in router: inout RPCRouter) {
    router.bidirectionalStreaming(
      Self.method, handlers.serverReflectionInfo(_:responses:context:))
  }
}
