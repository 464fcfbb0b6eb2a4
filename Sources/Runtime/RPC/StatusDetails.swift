internal import GoogleRPC
internal import Protobuf

/// The details of an error as `google.rpc.Status`, which `grpc-status-details-bin` carries.
package enum StatusDetails {
  private static let typePrefix = "type.googleapis.com/"

  /// The error's code, message and details, encoded.
  package static func encode(_ error: RPCError) -> [UInt8] {
    var status = Google_RPC.Status()
    status.code = Int32(error.code.rawValue)
    status.message = error.message
    status.details = error.details.map(pack)
    return status.serialized()
  }

  /// The details a peer sent.
  ///
  /// Bytes that are no `google.rpc.Status` yield none: they explain an error and must not become another. A detail that
  /// cannot be read is kept as it came.
  package static func decode(_ bytes: [UInt8]) -> [ErrorDetail] {
    guard let status = try? Google_RPC.Status(serialized: bytes) else { return [] }
    return status.details.map(unpack)
  }

  private static func pack(_ detail: ErrorDetail) -> Google.`Any` {
    switch detail {
    case .errorInfo(let reason, let domain, let metadata):
      var info = Google_RPC.ErrorInfo()
      info.reason = reason
      info.domain = domain
      info.metadata = metadata
      return Google.`Any`(packing: info)
    case .badRequest(let violations):
      var request = Google_RPC.BadRequest()
      request.fieldViolations = violations.map { violation in
        var field = Google_RPC.BadRequest.FieldViolation()
        field.field = violation.field
        field.description = violation.description
        field.reason = violation.reason
        return field
      }
      return Google.`Any`(packing: request)
    case .retryInfo(let delay):
      var info = Google_RPC.RetryInfo()
      info.retryDelay = Google.Duration(delay)
      return Google.`Any`(packing: info)
    case .other(let typeURL, let bytes):
      var any = Google.`Any`()
      any.typeURL = typeURL
      any.value = bytes
      return any
    }
  }

  private static func unpack(_ any: Google.`Any`) -> ErrorDetail {
    known(any) ?? .other(typeURL: any.typeURL, bytes: any.value)
  }

  private static func known(_ any: Google.`Any`) -> ErrorDetail? {
    switch any.typeURL {
    case typePrefix + Google_RPC.ErrorInfo.messageName:
      guard let info = try? Google_RPC.ErrorInfo(serialized: any.value) else { return nil }
      return .errorInfo(reason: info.reason, domain: info.domain, metadata: info.metadata)
    case typePrefix + Google_RPC.BadRequest.messageName:
      guard let request = try? Google_RPC.BadRequest(serialized: any.value) else { return nil }
      return .badRequest(
        request.fieldViolations.map {
          FieldViolation(field: $0.field, description: $0.description, reason: $0.reason)
        })
    case typePrefix + Google_RPC.RetryInfo.messageName:
      guard let info = try? Google_RPC.RetryInfo(serialized: any.value),
        let delay = info.retryDelay, delay.isValid
      else { return nil }
      return .retryInfo(delay: delay.duration)
    default:
      return nil
    }
  }
}
