internal import CWebFiles

/// The files that the gateway serves itself: the pages, what they load, and the API's description.
///
/// They are part of the program, so that it is deployed whole. A path is looked up as it was sent: what is
/// not in the table does not exist, and no path leads out of it.
struct StaticFiles: Sendable {
  /// The files of the program, read and compressed when first asked for.
  static let embedded = StaticFiles(readingEmbedded: ())

  private let files: [String: StaticFile]

  init(_ files: [StaticFile]) {
    self.files = Dictionary(uniqueKeysWithValues: files.map { ($0.path, $0) })
  }

  /// The file of a path; nil where there is none.
  subscript(path: String) -> StaticFile? { files[path] }

  /// Every path, in order.
  var paths: [String] { files.keys.sorted() }

  private init(readingEmbedded: ()) {
    let entries = sequence(state: 0) { index in
      defer { index += 1 }
      return alphintra_web_file_at(index)?.pointee
    }
    self.init(
      entries.map { entry in
        let path = String(cString: entry.path)
        let body = Array(UnsafeBufferPointer(start: entry.bytes, count: entry.count))
        return StaticFile(path: path, body: body)
      })
  }
}
