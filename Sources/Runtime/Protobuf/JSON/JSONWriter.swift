/// Prints JSON as UTF-8 into a buffer that grows.
///
/// Generated code writes fields; the values write themselves (`JSONValue`).
public struct JSONWriter: ~Copyable {
  /// How to print.
  public let options: JSONEncodingOptions

  var output: OutputBuffer
  /// Whether the next field or element needs no comma before it.
  private var isFirst = true
  /// The first value that has no JSON form.
  private(set) var error: JSONEncodingError?
  /// How many `Any` values are around what is being written.
  var anyDepth = 0

  /// Starts an empty text in memory that outlives the writer.
  init(_ memory: UnsafeMutableRawBufferPointer, options: JSONEncodingOptions) {
    self.options = options
    output = OutputBuffer(memory)
  }

  /// The text so far.
  public var bytes: [UInt8] { output.bytes }

  // MARK: Structure

  /// Opens an object.
  public mutating func beginObject() {
    byte(UInt8(ascii: "{"))
    isFirst = true
  }

  /// Closes an object.
  public mutating func endObject() {
    byte(UInt8(ascii: "}"))
    isFirst = false
  }

  @usableFromInline mutating func beginArray() {
    byte(UInt8(ascii: "["))
    isFirst = true
  }

  @usableFromInline mutating func endArray() {
    byte(UInt8(ascii: "]"))
    isFirst = false
  }

  /// Separates an element from the one before.
  @usableFromInline mutating func separate() {
    if isFirst { isFirst = false } else { byte(UInt8(ascii: ",")) }
  }

  /// Writes a field's name in the chosen form; it holds nothing that needs an escape.
  @usableFromInline mutating func name(_ json: StaticString, _ proto: StaticString) {
    let name = options.preservingProtoFieldNames ? proto : json
    let count = name.utf8CodeUnitCount
    reserve(count &+ 4)
    if isFirst {
      isFirst = false
    } else {
      put(UInt8(ascii: ","))
    }
    put(UInt8(ascii: "\""))
    put(UnsafeBufferPointer(start: name.utf8Start, count: count))
    output.put(bits: UInt16(UInt8(ascii: "\"")) | UInt16(UInt8(ascii: ":")) &<< 8)
  }

  /// Writes a message's fields into the object that is open.
  mutating func fields(of message: some Message) {
    let brace = output.count
    message.encode(into: &self)
    // What was written is an object: its brace becomes a comma, or it goes if nothing follows.
    if output.count == brace + 2 {
      output.position -= 2
    } else {
      output.start.storeBytes(of: UInt8(ascii: ","), toByteOffset: brace, as: UInt8.self)
      output.position -= 1
    }
    isFirst = false
  }

  /// Notes that the value written at this place has no JSON form.
  mutating func note(_ rule: JSONEncodingError.Rule, _ value: String = "") {
    guard error == nil else { return }
    // The last byte belongs to the value itself.
    let path = JSONPath.path(to: max(output.count - 1, 0), in: output.text)
    error = JSONEncodingError(path: path, rule: rule, value: value)
  }

  // MARK: The buffer

  /// Makes room for `count` more bytes.
  @inline(__always)
  mutating func reserve(_ count: Int) { output.reserve(count) }

  /// Appends a byte; room must have been reserved.
  @inline(__always)
  mutating func put(_ byte: UInt8) { output.put(byte) }

  /// Appends bytes; room must have been reserved.
  @inline(__always)
  mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) { output.put(bytes) }

  /// Lets `body` write up to `count` bytes; it returns how many it wrote.
  mutating func write(atMost count: Int, _ body: (UnsafeMutablePointer<UInt8>) -> Int) {
    reserve(count)
    output.position += body(output.position.assumingMemoryBound(to: UInt8.self))
  }

  /// Appends a byte.
  mutating func byte(_ byte: UInt8) {
    reserve(1)
    put(byte)
  }

  /// Appends characters of JSON itself.
  mutating func literal(_ text: StaticString) {
    let count = text.utf8CodeUnitCount
    reserve(count)
    put(UnsafeBufferPointer(start: text.utf8Start, count: count))
  }
}
