internal import Transcoding

/// For each route that changes something, the route that tells what became of it.
struct EffectLookups: Sendable {
  private let lookups: [String: String]

  /// Finds, for each route, the GET route with the longest template that its own begins with: for
  /// `POST /api/orders` it is `GET /api/orders`, for `DELETE /api/orders/{order_id}` itself.
  init(_ routes: [Route]) {
    let readable = routes.filter { $0.verb == .get }.map(\.template.text)
    var lookups: [String: String] = [:]
    for route in routes where route.verb != .get {
      let path = route.template.text
      let candidates = readable.filter { readable in
        path == readable || path.hasPrefix(readable + "/") || path.hasPrefix(readable + ":")
      }
      let longest = candidates.max { $0.utf8.count < $1.utf8.count }
      lookups[Self.key(route)] = longest.map { "GET \($0)" }
    }
    self.lookups = lookups
  }

  /// How a client learns what became of a request of this route.
  func of(_ route: Route) -> String? {
    lookups[Self.key(route)]
  }

  private static func key(_ route: Route) -> String {
    "\(route.verb.rawValue) \(route.template.text)"
  }
}
