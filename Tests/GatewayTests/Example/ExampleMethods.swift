import RPC

/// RPCs as the generator describes them, one for each rule the edge knows.
enum ExampleMethods {
  static let service = "alphintra.example.v1.ExampleService"

  /// A deadline that no test reaches, however busy the machine is: one that is about deadlines makes
  /// its routes with a shorter one.
  static let patience: Duration = .seconds(600)

  /// Reads; anyone.
  static let read = method("Read", idempotency: .noSideEffects)
  /// Changes, and may not be repeated blindly; anyone.
  static let create = method("Create")
  /// Changes, and takes effect once; anyone.
  static let replace = method("Replace", idempotency: .idempotent)
  /// Reads for a user.
  static let mine = method("Mine", idempotency: .noSideEffects, user: .required(roles: []))
  /// Changes for an administrator.
  static let administer = method("Administer", user: .required(roles: ["administrator"]))
  /// Answers whole messages back.
  static let mirror = method("Mirror", idempotency: .noSideEffects)
  /// Anyone's quotes.
  static let quotes = method("Quotes", kind: .serverStreaming, idempotency: .noSideEffects)
  /// A user's orders.
  static let orders = method(
    "Orders", kind: .serverStreaming, idempotency: .noSideEffects, user: .required(roles: []))

  private static func method(
    _ name: String, kind: CallKind = .unary,
    idempotency: MethodDescriptor.Idempotency = .unknown, user: AccessRule.UserRule = .none
  ) -> MethodDescriptor {
    MethodDescriptor(
      service: service, method: name, kind: kind, idempotency: idempotency,
      access: AccessRule(callers: .services(["gateway"]), user: user),
      deadline: kind == .unary ? patience : nil)
  }
}
