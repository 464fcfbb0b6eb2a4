import Protobuf
import RPC

/// The fields of one header block, sorted into what the protocol needs and what the application sees.
struct ReceivedHeaders {
  var method = ""
  var path = ""
  var status = ""
  var contentType = ""
  var acceptsTrailers = false
  var encoding: String?
  var acceptGzip = false
  var timeout: [UInt8]?
  var statusCode: String?
  var statusMessage: String?
  var statusDetails: [UInt8]?
  var pushback: RetryPushback?
  var previousAttempts = 0
  var metadata = Metadata()
  /// A field that could not be read.
  var malformed: String?

  /// Takes in a field.
  mutating func add(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
    guard let first = name.first else { return }
    switch first {
    case UInt8(ascii: ":"): self.addPseudoHeader(name, value)
    case UInt8(ascii: "g") where name.starts(with: "grpc-".utf8): self.addProtocol(name, value)
    case UInt8(ascii: "c") where name.equals("content-type"):
      // The usual one is not made anew.
      self.contentType =
        value.equals("application/grpc")
        ? WireStatus.contentType : String(decoding: value, as: UTF8.self)
    case UInt8(ascii: "t") where name.equals("te"):
      self.acceptsTrailers = value.equals("trailers")
    case UInt8(ascii: "h") where name.equals("host"): break
    default: self.addMetadata(name, value)
    }
  }

  private mutating func addPseudoHeader(
    _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
  ) {
    if name.equals(":path") {
      self.path = String(decoding: value, as: UTF8.self)
    } else if name.equals(":method") {
      self.method = String(decoding: value, as: UTF8.self)
    } else if name.equals(":status") {
      self.status = String(decoding: value, as: UTF8.self)
    }
  }

  private mutating func addProtocol(
    _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
  ) {
    if name.equals("grpc-timeout") {
      self.timeout = Array(value)
    } else if name.equals("grpc-accept-encoding") {
      self.acceptGzip = WireCompression.listsGzip(value)
    } else if name.equals("grpc-encoding") {
      self.encoding = String(decoding: value, as: UTF8.self)
    } else if name.equals("grpc-status") {
      self.statusCode = String(decoding: value, as: UTF8.self)
    } else if name.equals("grpc-message") {
      self.statusMessage = StatusMessage.decode(String(decoding: value, as: UTF8.self))
    } else if name.equals("grpc-status-details-bin") {
      self.statusDetails = Base64.decode(value)
    } else if name.elementsEqual(RetryPushback.headerName.utf8) {
      self.pushback = RetryPushback(header: String(decoding: value, as: UTF8.self))
    } else if name.elementsEqual("grpc-previous-rpc-attempts".utf8) {
      self.previousAttempts = max(0, Int(String(decoding: value, as: UTF8.self)) ?? 0)
    }
  }

  private mutating func addMetadata(
    _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
  ) {
    let key = String(decoding: name, as: UTF8.self)
    guard name.count >= 4, UnsafeRawBufferPointer(rebasing: name.suffix(4)).equals("-bin") else {
      // Bytes outside ASCII are allowed in HTTP and not in gRPC; they are repaired, not refused.
      return self.metadata.addReceived(key, .text(String(decoding: value, as: UTF8.self)))
    }
    // Several values may be joined by commas (gRPC over HTTP/2, "Custom-Metadata").
    for part in value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      let trimmed = part.filter { $0 != UInt8(ascii: " ") }
      guard let bytes = Base64.decode(trimmed) else { return self.malformed = key }
      self.metadata.addReceived(key, .bytes(bytes))
    }
  }
}

extension UnsafeRawBufferPointer {
  /// Whether the bytes are this text: a loop, which here costs a tenth of the general `elementsEqual`.
  fileprivate func equals(_ text: StaticString) -> Bool {
    guard self.count == text.utf8CodeUnitCount else { return false }
    let text = text.utf8Start
    for index in 0..<self.count where self[index] != text[index] { return false }
    return true
  }
}
