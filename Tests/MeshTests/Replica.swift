import Mesh
import RPC
import RPCTransport
import Synchronization
import TestSupport
import TestingContract

/// A replica of a service that counts what calls do, by the ids in them, and answers as it is told to.
final class Replica: Sendable {
  /// What becomes of a call after it has had its effect.
  enum Manner: Sendable {
    /// It is answered.
    case answering
    /// It is answered after a time.
    case slow(Duration)
    /// It fails.
    case failing(RPCError)
    /// It is answered after a time, unless so many others are: then it fails at once.
    case limited(Int, Duration)
    /// It is not answered.
    case holding
  }

  private struct State {
    var manner = Manner.answering
    var effects: [String: Int] = [:]
    var callCount = 0
    var underWay = 0
    var most = 0
  }

  let server: RPCServer
  private let state: Shared

  /// What handlers share with the test.
  private final class Shared: Sendable {
    let state = Mutex(State())

    /// A call has come: its effect, and how it goes on.
    func take(_ id: String) -> Manner {
      state.withLock { state -> Manner in
        state.effects[id, default: 0] += 1
        state.callCount += 1
        state.underWay += 1
        state.most = max(state.most, state.underWay)
        guard case .limited(let limit, let time) = state.manner else { return state.manner }
        return state.underWay > limit
          ? .failing(RPCError(.unavailable, "too much to do")) : .slow(time)
      }
    }

    func leave() { state.withLock { $0.underWay -= 1 } }
  }

  private init(_ server: RPCServer, _ state: Shared) {
    self.server = server
    self.state = state
  }

  /// Starts one, which is not in the directory yet.
  static func start(
    _ mesh: MeshFixture, as service: String = "trading", name: String = "",
    port: Int = 0
  ) async throws -> Replica {
    let shared = Shared()
    var router = RPCRouter(services: [], accessController: AccessGuard(verifier: NoTokens()))
    router.unary(TestingV1.TestingServiceMethods.echo) {
      (request: TestingV1.EchoRequest, _) async throws -> TestingV1.EchoResponse in
      let manner = shared.take(request.text)
      defer { shared.leave() }
      switch manner {
      case .answering: break
      case .slow(let time), .limited(_, let time): try await Task.sleep(for: time)
      case .failing(let error): throw error
      case .holding: try await Task.sleep(for: .seconds(3_600))
      }
      var response = TestingV1.EchoResponse()
      response.text = name
      response.payload = [UInt8](repeating: 7, count: Int(request.responseSize))
      return response
    }
    var configuration = RPCServer.Configuration(
      tls: try mesh.certificates.meshServer(service), logger: .quiet)
    configuration.port = port
    return Replica(try await RPCServer.start(router, configuration), shared)
  }

  var port: Int { server.port }

  /// Ends; calls under way have as long to do so, too.
  func stop(grace: Duration = .zero) async { await server.stop(grace: grace) }

  /// What becomes of calls from now on.
  var manner: Manner {
    get { state.state.withLock(\.manner) }
    set { state.state.withLock { $0.manner = newValue } }
  }

  /// How many calls have come.
  var callCount: Int { state.state.withLock(\.callCount) }

  /// How many calls are under way.
  var underWay: Int { state.state.withLock(\.underWay) }

  /// The most calls that were under way at a time.
  var mostUnderWay: Int { state.state.withLock(\.most) }

  /// How often each call has had its effect.
  var effects: [String: Int] { state.state.withLock(\.effects) }
}

extension MeshChannel {
  /// The testing service's Echo, by whose contract it may be repeated.
  static let repeatable = TestingV1.TestingServiceMethods.echo

  /// The same without that promise.
  static let once = MethodDescriptor(
    service: repeatable.service, method: repeatable.method, kind: .unary,
    access: repeatable.access)

  /// Calls Echo with an id; returns the name of the replica that answered.
  @discardableResult
  func echo(
    _ id: String, _ method: MethodDescriptor = repeatable, responseSize: Int = 0,
    timeout: Duration = .seconds(600)
  ) async throws(RPCError) -> String {
    var request = TestingV1.EchoRequest()
    request.text = id
    request.responseSize = Int32(responseSize)
    let response: TestingV1.EchoResponse = try await unary(
      method, request, options: CallOptions(timeout: timeout))
    return response.text
  }
}
