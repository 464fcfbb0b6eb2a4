import Protobuf

/// Bytes written as hexadecimal digits: `08 96 01`.
func hex(_ text: String) -> [UInt8] {
  let digits = text.compactMap(\.hexDigitValue)
  return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

/// A length-delimited field of a number below 16.
func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
  [number << 3 | 2] + varint(UInt64(content.count)) + content
}

/// An integer in as few bytes as it needs.
func varint(_ value: UInt64) -> [UInt8] {
  value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7f) | 0x80] + varint(value >> 7)
}

/// Why bytes are not a message of type `M`.
func binaryError<M: Message>(_ type: M.Type, _ bytes: [UInt8]) -> BinaryDecodingError? {
  do throws(BinaryDecodingError) {
    _ = try M(serialized: bytes)
    return nil
  } catch {
    return error
  }
}

/// Why a text is not the JSON form of a message of type `M`.
func jsonError<M: Message>(
  _ type: M.Type, _ text: String, options: JSONDecodingOptions = JSONDecodingOptions()
) -> JSONDecodingError? {
  do throws(JSONDecodingError) {
    _ = try M(json: text, options: options)
    return nil
  } catch {
    return error
  }
}

/// Why a message has no JSON form.
func jsonEncodingError(
  _ message: some Message, options: JSONEncodingOptions = JSONEncodingOptions()
) -> JSONEncodingError? {
  do throws(JSONEncodingError) {
    _ = try message.validJSON(options: options)
    return nil
  } catch {
    return error
  }
}
