internal import CNGHTTP2

/// A list of header fields to send, in order.
///
/// Names are lower-case; pseudo-headers come first.
public struct HTTP2Headers: Sendable {
  fileprivate var bytes: [UInt8] = []
  fileprivate var lengths: [(name: Int, value: Int)] = []

  /// Creates an empty list, with room for what most calls have to say.
  public init() {
    self.bytes.reserveCapacity(256)
    self.lengths.reserveCapacity(12)
  }

  /// Adds a field.
  public mutating func add(_ name: String, _ value: String) {
    self.bytes.append(contentsOf: name.utf8)
    self.bytes.append(contentsOf: value.utf8)
    self.lengths.append((name.utf8.count, value.utf8.count))
  }

  /// The size as HTTP/2 counts it: each name and value, plus 32 bytes (RFC 9113, 10.5.1).
  public var listBytes: Int { self.bytes.count + 32 * self.lengths.count }

  /// Lends the list to libnghttp2, which copies what it needs.
  func withFields<Value>(_ body: (UnsafePointer<nghttp2_nv>?, Int) -> Value) -> Value {
    self.bytes.withUnsafeBufferPointer { bytes in
      withUnsafeTemporaryAllocation(of: nghttp2_nv.self, capacity: self.lengths.count) { fields in
        var next = UnsafeMutablePointer(mutating: bytes.baseAddress)
        for (index, length) in self.lengths.enumerated() {
          let value = next.map { $0 + length.name }
          fields.initializeElement(
            at: index,
            to: nghttp2_nv(
              name: next, value: value, namelen: length.name, valuelen: length.value,
              flags: UInt8(NGHTTP2_NV_FLAG_NONE.rawValue)))
          next = value.map { $0 + length.value }
        }
        return body(UnsafePointer(fields.baseAddress), self.lengths.count)
      }
    }
  }
}

/// A list of header fields that is sent again and again, kept for the life of the process so that
/// libnghttp2 need not copy it.
public final class FixedHTTP2Headers: @unchecked Sendable {
  // Unchecked: written here only, and never freed, for a session may hold on to it.
  let fields: UnsafePointer<nghttp2_nv>
  let count: Int

  /// Keeps a list for ever: make one for each use, not for each call.
  public init(_ headers: HTTP2Headers) {
    let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, headers.bytes.count))
    bytes.initialize(from: headers.bytes, count: headers.bytes.count)
    let fields = UnsafeMutablePointer<nghttp2_nv>.allocate(capacity: max(1, headers.lengths.count))
    let flags = NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue | NGHTTP2_NV_FLAG_NO_COPY_VALUE.rawValue
    var next = bytes
    for (index, length) in headers.lengths.enumerated() {
      (fields + index).initialize(
        to: nghttp2_nv(
          name: next, value: next + length.name, namelen: length.name, valuelen: length.value,
          flags: UInt8(flags)))
      next += length.name + length.value
    }
    self.fields = UnsafePointer(fields)
    self.count = headers.lengths.count
  }
}
