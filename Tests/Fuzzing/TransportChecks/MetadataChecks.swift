import HTTP2
import Protobuf
import RPC

/// What must hold of any header fields: they are read or named as malformed, and what was read is the same
/// when it is written and read again.
public enum MetadataChecks {
  private static let limits = CallLimits()

  /// Reads lines, each a name, a colon and a value; a second colon at the start belongs to the name.
  public static func check(_ input: UnsafeRawBufferPointer) {
    var headers = ReceivedHeaders()
    for line in input.split(separator: UInt8(ascii: "\n")) {
      let colon = line.dropFirst().firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
      headers.add(
        name: UnsafeRawBufferPointer(rebasing: line[..<colon]),
        value: UnsafeRawBufferPointer(rebasing: line[min(colon + 1, line.endIndex)...]))
    }
    checkRequest(headers)
    checkStatus(headers)
    checkMetadata(headers.metadata)
  }

  private static func checkRequest(_ headers: ReceivedHeaders) {
    if let refusal = RequestHead.refusal(
      method: headers.method, contentType: headers.contentType,
      acceptsTrailers: headers.acceptsTrailers)
    {
      precondition([400, 405, 415].contains(refusal.httpStatus))
    }
    precondition(headers.previousAttempts >= 0)
    do throws(RPCError) {
      guard let timeout = try RequestHead.timeout(headers.timeout) else { return }
      precondition(timeout >= .zero)
      let again = Deadline.decode(Array(Deadline.encode(timeout).utf8))
      precondition(again.map { $0 >= .zero } == true, "a timeout that was read cannot be written")
    } catch {
      precondition(error.code == .internal)
    }
  }

  private static func checkStatus(_ headers: ReceivedHeaders) {
    if let message = headers.statusMessage {
      let encoded = StatusMessage.encode(message)
      precondition(encoded.utf8.allSatisfy { (0x20...0x7E).contains($0) })
      precondition(StatusMessage.decode(encoded) == message, "a status message changed")
    }
    if let pushback = headers.pushback {
      precondition(RetryPushback(header: pushback.header) == pushback, "a pushback changed")
    }
    guard let details = headers.statusDetails.map(StatusDetails.decode) else { return }
    let error = RPCError(.aborted, "", details: details)
    let again = StatusDetails.decode(StatusDetails.encode(error))
    precondition(again.count == details.count, "details were lost")
    // What is written is read as the same from then on.
    let twice = StatusDetails.decode(StatusDetails.encode(RPCError(.aborted, "", details: again)))
    precondition(again == twice, "details changed")
  }

  private static func checkMetadata(_ metadata: Metadata) {
    _ = limits.allows(metadata)
    var written = HTTP2Headers()
    written.add(metadata)
    precondition(written.listBytes >= metadata.count * 32)
    var again = ReceivedHeaders()
    for element in metadata.elements {
      let value =
        switch element.value {
        case .text(let text): text
        case .bytes(let bytes): Base64.encodeUnpadded(bytes)
        }
      Array(element.name.utf8).withUnsafeBytes { name in
        Array(value.utf8).withUnsafeBytes { again.add(name: name, value: $0) }
      }
    }
    precondition(again.malformed == nil, "metadata that was read cannot be read again")
    precondition(again.metadata == metadata, "metadata changed")
  }
}
