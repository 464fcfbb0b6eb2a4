/// What every object of Kubernetes says of itself.
struct ObjectMeta: Decodable, Hashable, Sendable {
  var name: String?
  var labels: [String: String]?
  var annotations: [String: String]?
}

/// Which pods are meant.
struct LabelSelector: Decodable, Hashable, Sendable {
  var matchLabels: [String: String]?

  func selects(_ labels: [String: String]) -> Bool {
    (matchLabels ?? [:]).allSatisfy { labels[$0.key] == $0.value }
  }
}

/// A number, or a name or share in its place: `8080`, `admin`, `25%`.
enum IntOrString: Decodable, Hashable, Sendable {
  case number(Int)
  case text(String)

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Int.self) {
      self = .number(number)
    } else {
      self = .text(try container.decode(String.self))
    }
  }

  /// The number, or the share of a whole, rounded up or down as Kubernetes does it for the field.
  func count(of whole: Int, roundingUp: Bool) -> Int? {
    switch self {
    case .number(let number): return number
    case .text(let text):
      guard text.hasSuffix("%"), let percent = Int(text.dropLast()) else { return nil }
      return (whole * percent + (roundingUp ? 99 : 0)) / 100
    }
  }
}
