/// Reads JSON from memory it does not own, one value at a time, without building a tree.
///
/// The memory must outlive the reader, which `Message.init(json:)` sees to. Errors name the field:
/// its path is found by walking from the start of the text, so that success pays nothing for it.
public struct JSONReader: ~Copyable {
  /// What to accept.
  public let options: JSONDecodingOptions

  /// How many characters a number may have.
  public static let maximumNumberLength = 1024

  let start: UnsafePointer<UInt8>
  let end: UnsafePointer<UInt8>
  var position: UnsafePointer<UInt8>
  private var remainingDepth: Int
  /// Holds a string whose escapes had to be undone.
  lazy var scratch = Scratch()
  /// Where the names `@type` stand of the `Any` values being read, outermost first.
  var typeNames: [UnsafePointer<UInt8>] = []

  /// Reads from `count` bytes at `start`.
  init(
    start: UnsafePointer<UInt8>, count: Int, options: JSONDecodingOptions
  ) throws(JSONDecodingError) {
    self.options = options
    self.start = start
    end = start + count
    position = start
    remainingDepth = options.maximumDepth
    guard count <= options.maximumSize else {
      throw JSONDecodingError(path: "", rule: .sizeLimit(options.maximumSize), value: "")
    }
  }

  // MARK: Tokens

  /// The next byte that is no blank, not consumed; nil at the end.
  @inline(__always)
  mutating func peek() -> UInt8? {
    while position < end {
      let byte = position.pointee
      guard byte <= 0x20 else { return byte }
      guard byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { return byte }
      position += 1
    }
    return nil
  }

  /// Consumes `byte` if it comes next.
  @inline(__always)
  mutating func consume(_ byte: UInt8) -> Bool {
    guard peek() == byte else { return false }
    position += 1
    return true
  }

  /// Consumes a literal if it comes next.
  mutating func consume(literal: StaticString) -> Bool {
    let count = literal.utf8CodeUnitCount
    _ = peek()
    guard end - position >= count else { return false }
    for index in 0..<count where position[index] != literal.utf8Start[index] { return false }
    position += count
    return true
  }

  /// Whether a string comes next.
  @usableFromInline mutating func nextIsString() -> Bool { peek() == UInt8(ascii: "\"") }

  /// Enters an object or an array.
  mutating func descend() throws(JSONDecodingError) {
    guard remainingDepth > 0 else { throw failure(.depthLimit(options.maximumDepth)) }
    remainingDepth -= 1
  }

  /// Leaves an object or an array.
  mutating func ascend() { remainingDepth += 1 }

  /// Refuses anything but blanks after the value.
  mutating func finish() throws(JSONDecodingError) {
    if peek() != nil { throw failure(.syntax(expected: "the end")) }
  }

  // MARK: Errors

  /// An error about the value that begins at `place`, by default here.
  func failure(
    _ rule: JSONDecodingError.Rule, at place: UnsafePointer<UInt8>? = nil
  ) -> JSONDecodingError {
    let place = place ?? position
    let text = UnsafeBufferPointer(start: start, count: end - start)
    return JSONDecodingError(
      path: JSONPath.path(to: place - start, in: text), rule: rule,
      value: JSONPath.token(at: place - start, in: text), offset: place - start)
  }

  /// An error about a value of another kind than expected.
  func mismatch(_ expected: String) -> JSONDecodingError {
    let text = UnsafeBufferPointer(start: start, count: end - start)
    guard JSONPath.beginsValue(at: position - start, in: text) else {
      return failure(.syntax(expected: expected))
    }
    return failure(.typeMismatch(expected: expected))
  }
}
