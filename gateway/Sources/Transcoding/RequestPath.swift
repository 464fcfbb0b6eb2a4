/// The path of a request, cut into segments and decoded once.
public struct RequestPath: Sendable {
  /// Why a path is refused before any route is looked at.
  public enum Failure: Error, Hashable {
    /// The path does not start with a slash.
    case notAbsolute
    /// A segment is `.` or `..`, also when percent-encoded: clients remove them (RFC 3986 5.2.4).
    case dotSegment
    /// A character that must be percent-encoded, at this offset in bytes.
    case character(offset: Int)
    /// A segment that cannot be decoded.
    case encoding(segment: String, PercentDecodingError)
  }

  struct Segment: Sendable {
    /// With every percent-encoding decoded.
    let decoded: String
    /// With `%2F` left encoded.
    let decodedKeepingSlashes: String
  }

  /// The path as it was received.
  public let text: String

  private let segments: [Segment]
  private let withoutVerb: [Segment]

  /// What follows the last colon of the last segment.
  let verb: String?

  /// Cuts and decodes a path, without its query.
  public init(_ text: String) throws(Failure) {
    let bytes = Array(text.utf8)
    guard bytes.first == UInt8(ascii: "/") else { throw .notAbsolute }
    for (offset, byte) in bytes.enumerated()
    where !PathCharacters.isAllowed(byte) && byte != UInt8(ascii: "/")
      && byte != UInt8(ascii: "%")
    {
      throw .character(offset: offset)
    }
    let pieces = bytes.dropFirst().split(
      separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    var segments: [Segment] = []
    segments.reserveCapacity(pieces.count)
    for piece in pieces { segments.append(try Self.segment(piece)) }
    self.text = text
    self.segments = segments
    // A verb is told apart before decoding: an encoded colon belongs to the segment.
    if let last = pieces.last, let colon = last.lastIndex(of: UInt8(ascii: ":")) {
      self.verb = try Self.segment(last[(colon + 1)...]).decoded
      self.withoutVerb = segments.dropLast() + [try Self.segment(last[..<colon])]
    } else {
      self.verb = nil
      self.withoutVerb = []
    }
  }

  func segments(withoutVerb isWithoutVerb: Bool) -> [Segment] {
    isWithoutVerb ? withoutVerb : segments
  }

  private static func segment(_ bytes: ArraySlice<UInt8>) throws(Failure) -> Segment {
    let segment: Segment
    do throws(PercentDecodingError) {
      let decoded = try PercentDecoding.path(bytes)
      let isPlain = decoded.utf8.count == bytes.count
      let keeping = isPlain ? decoded : try PercentDecoding.path(bytes, keepingSlashes: true)
      segment = Segment(decoded: decoded, decodedKeepingSlashes: keeping)
    } catch {
      throw .encoding(segment: String(decoding: bytes, as: UTF8.self), error)
    }
    guard segment.decoded != ".", segment.decoded != ".." else { throw .dotSegment }
    return segment
  }
}

extension RequestPath.Failure: CustomStringConvertible {
  /// The rule that is broken, and where.
  public var description: String {
    switch self {
    case .notAbsolute: "a path starts with /"
    case .dotSegment: "a path holds no . or .. segment"
    case .character(let offset):
      "a path holds unreserved, sub-delimiter or percent-encoded characters (offset \(offset))"
    case .encoding(let segment, let error): "path segment \"\(segment)\": \(error)"
    }
  }
}
