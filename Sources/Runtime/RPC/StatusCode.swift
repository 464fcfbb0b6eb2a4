/// The seventeen outcomes of a gRPC call (gRPC, "Status codes and their use in gRPC").
public enum StatusCode: Int, Sendable, Hashable, CaseIterable {
  /// The call succeeded.
  case ok = 0
  /// The caller gave the call up.
  case cancelled = 1
  /// The handler failed in a way that it did not describe.
  case unknown = 2
  /// The request is wrong on its own, whatever the state of the system.
  case invalidArgument = 3
  /// The time for the call ran out.
  case deadlineExceeded = 4
  /// What was asked for does not exist, or its existence is not for the caller to know.
  case notFound = 5
  /// What was to be created exists.
  case alreadyExists = 6
  /// The caller is known and may not do this.
  case permissionDenied = 7
  /// A quota or a limit is used up.
  case resourceExhausted = 8
  /// The system is not in the state that the request needs.
  case failedPrecondition = 9
  /// A concurrent change got in the way: repeat the whole transaction.
  case aborted = 10
  /// The request goes past the valid range.
  case outOfRange = 11
  /// The server does not have this method.
  case unimplemented = 12
  /// An invariant is broken.
  case `internal` = 13
  /// The service cannot be reached now: repeat the call, with backoff.
  case unavailable = 14
  /// Data is lost beyond repair.
  case dataLoss = 15
  /// The caller did not prove who it is.
  case unauthenticated = 16

  /// The name in the gRPC specification, such as `NOT_FOUND`.
  public var name: String {
    switch self {
    case .ok: "OK"
    case .cancelled: "CANCELLED"
    case .unknown: "UNKNOWN"
    case .invalidArgument: "INVALID_ARGUMENT"
    case .deadlineExceeded: "DEADLINE_EXCEEDED"
    case .notFound: "NOT_FOUND"
    case .alreadyExists: "ALREADY_EXISTS"
    case .permissionDenied: "PERMISSION_DENIED"
    case .resourceExhausted: "RESOURCE_EXHAUSTED"
    case .failedPrecondition: "FAILED_PRECONDITION"
    case .aborted: "ABORTED"
    case .outOfRange: "OUT_OF_RANGE"
    case .unimplemented: "UNIMPLEMENTED"
    case .internal: "INTERNAL"
    case .unavailable: "UNAVAILABLE"
    case .dataLoss: "DATA_LOSS"
    case .unauthenticated: "UNAUTHENTICATED"
    }
  }
}

extension StatusCode: CustomStringConvertible {
  /// The name in the gRPC specification.
  public var description: String { self.name }
}
