/// Prints JSON as UTF-8 into a buffer that grows.
///
/// Generated code writes fields; the values write themselves (`JSONValue`).
public struct JSONWriter: ~Copyable {
  /// How to print.
  public let options: JSONEncodingOptions

  var output: OutputBuffer
  /// Whether the next field or element needs no comma before it.
  private var isFirst = true

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
