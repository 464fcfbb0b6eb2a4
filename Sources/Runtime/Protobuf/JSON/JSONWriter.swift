/// Prints JSON as UTF-8 into a buffer that grows.
///
/// Generated code writes fields; the values write themselves (`JSONValue`).
public struct JSONWriter: ~Copyable {
  /// How to print.
  public let options: JSONEncodingOptions

  private var start: UnsafeMutablePointer<UInt8>
  private var position: UnsafeMutablePointer<UInt8>
  private var limit: UnsafeMutablePointer<UInt8>
  /// Whether the next field or element needs no comma before it.
  private var isFirst = true

  private static let initialCapacity = 512

  /// Starts an empty text.
  public init(options: JSONEncodingOptions = JSONEncodingOptions()) {
    self.options = options
    start = .allocate(capacity: Self.initialCapacity)
    position = start
    limit = start + Self.initialCapacity
  }

  deinit { start.deallocate() }

  /// The text so far.
  public var bytes: [UInt8] {
    [UInt8](UnsafeBufferPointer(start: start, count: position - start))
  }

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
    reserve(count + 4)
    if isFirst {
      isFirst = false
    } else {
      put(UInt8(ascii: ","))
    }
    put(UInt8(ascii: "\""))
    position.update(from: name.utf8Start, count: count)
    position += count
    put(UInt8(ascii: "\""))
    put(UInt8(ascii: ":"))
  }

  // MARK: The buffer

  /// Makes room for `count` more bytes.
  @inline(__always)
  mutating func reserve(_ count: Int) {
    if _slowPath(limit - position < count) { grow(by: count) }
  }

  @inline(never)
  private mutating func grow(by count: Int) {
    let used = position - start
    let capacity = max((limit - start) * 2, used + count)
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    larger.update(from: start, count: used)
    start.deallocate()
    start = larger
    position = larger + used
    limit = larger + capacity
  }

  /// Appends a byte; room must have been reserved.
  @inline(__always)
  mutating func put(_ byte: UInt8) {
    position.pointee = byte
    position += 1
  }

  /// Appends bytes; room must have been reserved.
  @inline(__always)
  mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let source = bytes.baseAddress else { return }
    position.update(from: source, count: bytes.count)
    position += bytes.count
  }

  /// Lets `body` write up to `count` bytes; it returns how many it wrote.
  mutating func write(atMost count: Int, _ body: (UnsafeMutablePointer<UInt8>) -> Int) {
    reserve(count)
    position += body(position)
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
