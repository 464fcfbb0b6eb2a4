/// An implementation of a service of the contracts.
///
/// The generator emits a protocol for each service that refines this one and implements both
/// requirements; a type that conforms to it writes handlers only.
public protocol RPCService: Sendable {
  /// What the contract says about the service.
  static var descriptor: ServiceDescriptor { get }

  /// Adds every method of the service to a router.
  func register(in router: inout RPCRouter)
}
