internal import Mesh
import RPC
public import Registry

/// A failure in plain words: what happened, what is known of it, and what to do.
public struct FailureReport: Sendable {
  /// The lines, for standard error.
  public let text: String

  /// Explains why a call failed.
  ///
  /// - Parameters:
  ///   - caller: The service whose certificate was shown.
  ///   - correlationID: What the services' logs call the call.
  public init(
    _ failure: CallFailure, of rpc: RPCDescription, caller: String, correlationID: String?
  ) {
    let lines: [String]
    switch failure {
    case .usage(let problem), .input(let problem), .output(let problem):
      lines = [problem]
    case .certificates(let problem):
      lines = [
        problem,
        "To do: `make dev` makes certificates in .dev/certificates; --certificates names another "
          + "folder, --as another caller.",
      ]
    case .requestCount(let problem):
      lines = [problem, Self.describe(rpc)]
    case .request(let number, let message, let error):
      let which = rpc.method.kind.streamsRequests ? "request \(number)" : "the request"
      lines = ["\(which) is not a \(message): \(error)", Self.describe(rpc)]
    case .status(let error):
      lines =
        ["\(error.code.name): \(error.message)"] + Self.causes(of: error)
        + error.details.flatMap(Self.lines) + Self.remedy(error, rpc, caller, correlationID)
    }
    text = lines.joined(separator: "\n")
  }

  private static func describe(_ rpc: RPCDescription) -> String {
    "To do: `alphintra call --describe \(rpc.name)` shows what it takes."
  }

  /// What stands behind a failure on this side; what comes from the other has no cause.
  private static func causes(of error: RPCError) -> [String] {
    var lines: [String] = []
    var next = error.cause
    while let cause = next {
      switch cause {
      case let cause as ServiceNotReached: next = cause.reason
      case let cause as RPCError:
        lines.append("  because  \(cause.message)")
        next = cause.cause
      default:
        lines.append("  because  \(cause)")
        next = nil
      }
    }
    return lines
  }

  private static func lines(of detail: ErrorDetail) -> [String] {
    switch detail {
    case .errorInfo(let reason, let domain, let metadata):
      ["  reason   \(reason) (\(domain))"]
        + metadata.sorted { $0.key < $1.key }.map { "           \($0.key): \($0.value)" }
    case .badRequest(let violations):
      violations.map { violation in
        let reason = violation.reason.isEmpty ? "" : " (\(violation.reason))"
        return "  field    \(violation.field): \(violation.description)\(reason)"
      }
    case .retryInfo(let delay):
      ["  retry    after \(DurationText.text(delay))"]
    case .other(let typeURL, let bytes):
      ["  detail   \(typeURL), \(bytes.count) bytes"]
    }
  }

  private static func remedy(
    _ error: RPCError, _ rpc: RPCDescription, _ caller: String, _ correlationID: String?
  ) -> [String] {
    let remedy: String?
    switch (error.code, error.errorInfo?.reason) {
    case (.unauthenticated, "TOKEN_MISSING"):
      remedy =
        "pass a user's access token by --token-file, --token or ALPHINTRA_TOKEN; "
        + "AuthService/Login answers one."
    case (.unauthenticated, "TOKEN_EXPIRED"):
      remedy = "log in again: AuthService/Login answers a new token."
    case (.unauthenticated, "NO_CLIENT_CERTIFICATE"):
      remedy = "show the certificate of a service: --certificates and --as."
    case (.unauthenticated, _):
      remedy = "check the token: it must be one that this platform's AuthService/Login answered."
    case (.permissionDenied, "CALLER_NOT_ALLOWED"):
      remedy =
        "you call as \(caller); the contract admits \(AccessText.callers(of: rpc)). Choose by --as."
    case (.permissionDenied, "ROLE_REQUIRED"):
      remedy = "call for a user who may: \(AccessText.user(of: rpc))."
    case (.unavailable, _) where error.cause is ServiceNotReached:
      remedy =
        "is the platform running? `make dev` starts it; --directory or --address says where "
        + "else it is."
    case (.unavailable, _):
      remedy = "try again in a moment. \(RepetitionText.advice(rpc))"
    case (.resourceExhausted, _), (.aborted, _):
      remedy = "try again in a moment."
    case (.deadlineExceeded, _):
      remedy = "allow more time with --deadline. \(RepetitionText.advice(rpc))"
    case (.invalidArgument, _), (.outOfRange, _):
      remedy = "`alphintra call --describe \(rpc.name)` shows what it takes."
    case (.unimplemented, _):
      remedy = "the service does not know the RPC: is it of another version than this program?"
    case (.unknown, _), (.internal, _), (.dataLoss, _):
      remedy = correlationID.map { "the service's log tells more, under \($0)." }
    default:
      remedy = nil
    }
    return remedy.map { ["To do: \($0)"] } ?? []
  }
}
