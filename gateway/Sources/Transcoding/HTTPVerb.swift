/// A method of HTTP that a route can answer (RFC 9110 section 9, RFC 5789).
public enum HTTPVerb: String, Sendable, Hashable, CaseIterable {
  /// Reads.
  case get = "GET"
  /// Creates, or does what no other verb says.
  case post = "POST"
  /// Replaces.
  case put = "PUT"
  /// Removes.
  case delete = "DELETE"
  /// Changes a part.
  case patch = "PATCH"
}
