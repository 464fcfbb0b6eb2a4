#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Reads a whole file without Foundation.
func readFile(_ path: String) throws -> [UInt8] {
  guard let file = fopen(path, "rb") else { throw SampleError.unreadable(path) }
  defer { fclose(file) }
  var content: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while case let count = fread(&chunk, 1, chunk.count, file), count > 0 {
    content.append(contentsOf: chunk.prefix(count))
  }
  return content
}
