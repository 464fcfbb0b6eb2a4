extension RawConnection {
  /// One response with a `content-length`.
  func response() async throws -> String {
    let bytes = try await receive { bytes in
      guard let head = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
      let text = String(decoding: bytes[..<head.lowerBound], as: UTF8.self)
      let lengths = text.split(separator: "\r\n").compactMap { line -> Int? in
        let parts = line.split(separator: ": ", maxSplits: 1)
        return parts.count == 2 && parts[0].lowercased() == "content-length" ? Int(parts[1]) : nil
      }
      let end = head.upperBound + (lengths.first ?? 0)
      return bytes.count >= end ? end : nil
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
