public import Registry

/// All services and RPCs, a line each.
public struct ListPage: Sendable {
  /// The page.
  public let text: String

  /// Lists services; of every comment the first sentence.
  public init(_ services: [ServiceDescription], width: Int) {
    var page = PageWriter(width: width)
    for (index, service) in services.enumerated() {
      if index > 0 { page.line() }
      page.line(service.name)
      page.table(service.rpcs.map { ($0.name, FirstSentence.of($0.comment)) })
    }
    text = page.text
  }
}

/// What a comment says first.
enum FirstSentence {
  static func of(_ comment: String) -> String {
    let paragraph = comment.split(separator: "\n\n").first.map(String.init) ?? ""
    let line = paragraph.replacing("\n", with: " ")
    guard let end = line.firstRange(of: ". ") else { return line }
    return String(line[..<end.lowerBound]) + "."
  }
}
