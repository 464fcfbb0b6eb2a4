import GRPCContract
import Protobuf
import RPC

/// `grpc.health.v1.Health`: tells what ``ServerHealth`` knows (gRPC Health Checking Protocol, gRFC A17
/// and A90).
struct HealthHandlers: HealthV1.Health {
  let health: ServerHealth

  /// The most services that `List` tells of, as in gRFC A90.
  static let listLimit = 100

  func check(
    _ request: HealthV1.HealthCheckRequest, context: ServerContext
  ) async throws -> HealthV1.HealthCheckResponse {
    guard let status = health.status(of: request.service) else {
      throw RPCError(.notFound, "there is no service \"\(request.service)\" here")
    }
    return .with { $0.status = .init(status) }
  }

  func list(
    _ request: HealthV1.HealthListRequest, context: ServerContext
  ) async throws -> HealthV1.HealthListResponse {
    let statuses = health.statuses
    guard statuses.count <= Self.listLimit else {
      throw RPCError(
        .resourceExhausted, "there are \(statuses.count) services, the limit is \(Self.listLimit)")
    }
    return .with { response in
      response.statuses = statuses.mapValues { status in .with { $0.status = .init(status) } }
    }
  }

  func watch(
    _ request: HealthV1.HealthCheckRequest,
    responses: RPCWriter<HealthV1.HealthCheckResponse>, context: ServerContext
  ) async throws {
    var last: HealthV1.HealthCheckResponse?
    for await status in health.changes(of: request.service) {
      let response = HealthV1.HealthCheckResponse.with { $0.status = .init(status) }
      if response != last { try await responses.write(response) }
      last = response
    }
    // An open watch would keep the server from stopping. Clients come back, elsewhere.
    throw RPCError(.unavailable, "the server is stopping", cause: ServerStops())
  }
}

extension HealthV1.HealthCheckResponse.ServingStatus {
  fileprivate init(_ status: ServerHealth.Status?) {
    self =
      switch status {
      case .serving: .serving
      case .notServing: .notServing
      case nil: .serviceUnknown
      }
  }
}
