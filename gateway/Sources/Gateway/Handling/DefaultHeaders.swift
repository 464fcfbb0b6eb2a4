internal import NIOHTTP1

/// The headers that every response has which does not say otherwise: how browsers are to be careful with it.
struct DefaultHeaders: Sendable {
  private let fields: [(name: String, value: String)]

  init(_ configuration: GatewayConfiguration) {
    var fields = [
      // Answers are one user's, of one moment.
      (name: "cache-control", value: "no-store"),
      // What is not said to be a script is none.
      (name: "x-content-type-options", value: "nosniff"),
      // An answer shown as a page runs nothing, loads nothing and stands in no frame; old browsers know only the
      // second way to say the last.
      (name: "content-security-policy", value: "default-src 'none'; frame-ancestors 'none'"),
      (name: "x-frame-options", value: "DENY"),
      // A path may hold what is private.
      (name: "referrer-policy", value: "no-referrer"),
      // Pages of others do not load it as a picture or a script; those that are allowed ask by CORS.
      (name: "cross-origin-resource-policy", value: "same-origin"),
    ]
    let seconds = configuration.strictTransportSecurity.components.seconds
    if seconds > 0 {
      fields.append((name: "strict-transport-security", value: "max-age=\(seconds)"))
    }
    self.fields = fields
  }

  /// Adds those that are not there.
  func add(to headers: inout HTTPHeaders) {
    for (name, value) in fields where !headers.contains(name: name) {
      headers.add(name: name, value: value)
    }
  }
}
