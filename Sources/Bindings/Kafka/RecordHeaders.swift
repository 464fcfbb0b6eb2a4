internal import CRDKafka

/// Headers to and from librdkafka's list.
enum RecordHeaders {
  /// A new list.
  ///
  /// It belongs to librdkafka once a record was produced with it.
  static func make(_ headers: [KafkaHeader]) -> OpaquePointer? {
    guard let list = rd_kafka_headers_new(headers.count) else { return nil }
    for header in headers {
      var name = header.name
      name.withUTF8 { name in
        name.withMemoryRebound(to: CChar.self) { name in
          if let value = header.value {
            // Copied; a value without bytes still needs an address, or it would count as none.
            value.withUnsafeBytes { bytes in
              withUnsafePointer(to: 0 as UInt8) { empty in
                _ = rd_kafka_header_add(
                  list, name.baseAddress, name.count,
                  bytes.baseAddress ?? UnsafeRawPointer(empty), bytes.count)
              }
            }
          } else {
            _ = rd_kafka_header_add(list, name.baseAddress, name.count, nil, 0)
          }
        }
      }
    }
    return list
  }

  /// Copies the headers of a message; the list stays the message's.
  static func read(_ message: UnsafePointer<rd_kafka_message_t>) -> [KafkaHeader] {
    var list: OpaquePointer?
    guard rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else {
      return []
    }
    let count = rd_kafka_header_cnt(list)
    return (0..<count).compactMap { index in
      var name: UnsafePointer<CChar>?
      var value: UnsafeRawPointer?
      var size = 0
      let result = rd_kafka_header_get_all(list, index, &name, &value, &size)
      guard result == RD_KAFKA_RESP_ERR_NO_ERROR, let name else { return nil }
      return KafkaHeader(
        name: String(cString: name),
        value: value.map { [UInt8](UnsafeRawBufferPointer(start: $0, count: size)) })
    }
  }
}
