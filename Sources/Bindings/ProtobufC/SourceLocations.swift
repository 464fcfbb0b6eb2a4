internal import CDescriptor

/// The source information of one file, by the path of the element it is about.
struct SourceLocations {
  private var byPath: [[Int32]: SourceLocation] = [:]

  init(_ info: UnsafeMutablePointer<Google__Protobuf__SourceCodeInfo>?) {
    guard let info = info?.pointee else { return }
    for location in elements(info.location, info.n_location) {
      let location = location.pointee
      let path = Array(UnsafeBufferPointer(start: location.path, count: location.n_path))
      // A span is [line, column, …], counted from 0.
      let line = location.n_span > 0 ? Int(location.span[0]) + 1 : 0
      // Elements that are spread out, such as options, come several times: the first line counts.
      guard byPath[path] == nil else { continue }
      byPath[path] = SourceLocation(
        line: line, leadingComment: string(location.leading_comments),
        trailingComment: string(location.trailing_comments))
    }
  }

  subscript(path: [Int32]) -> SourceLocation { byPath[path] ?? SourceLocation() }
}
