import GRPCContract
public import RPC
public import Registry

/// What every server of the mesh offers beside its own services: `grpc.health.v1` and
/// `grpc.reflection`, to any service of the mesh.
public enum StandardServices {
  /// The standard services of a server.
  ///
  /// - Parameters:
  ///   - own: what the server is there for.
  ///   - health: what the server says of its state.
  ///   - descriptors: the files of the contracts; only those that the server's services are made of are
  ///     told.
  public static func all(
    beside own: [any RPCService], health: ServerHealth, descriptors: DescriptorPool
  ) -> [any RPCService] {
    let standard = [
      HealthHandlers.descriptor, ReflectionHandlers.descriptor, ReflectionV1Alpha.descriptor,
    ]
    let reflection = ReflectionHandlers(
      services: own.map { type(of: $0).descriptor.name } + standard.map(\.name),
      descriptors: descriptors)
    return [HealthHandlers(health: health), reflection, ReflectionV1Alpha(reflection)]
  }
}
