import Foundation
import NIOHTTP1

@testable import Gateway

/// What the edge answers to a REST request.
struct RESTAnswer {
  let status: Int
  let contentType: String?
  let headers: [String: String]
  let body: [UInt8]

  var text: String { String(decoding: body, as: UTF8.self) }

  /// The members of a problem (RFC 9457).
  var problem: [String: Any] {
    (try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]) ?? [:]
  }
}

extension World {
  /// Sends a request through an edge, as a connection would.
  func send(
    _ route: RouteCase, _ request: Sample, for user: TestUser, through edge: Edge
  ) async -> RESTAnswer {
    let body = route.body(request)
    var headers: HTTPHeaders = ["host": "localhost"]
    if !body.isEmpty { headers.add(name: "content-type", value: "application/json") }
    if let token = user.token { headers.add(name: "authorization", value: "Bearer \(token)") }
    let outcome = await edge.answer(
      EdgeRequest(
        method: route.verb.rawValue, target: route.target(request), headers: headers,
        body: .whole(body), isHTTP11: true))
    guard case .response(let response) = outcome else {
      return RESTAnswer(status: 101, contentType: nil, headers: [:], body: [])
    }
    return RESTAnswer(
      status: response.status, contentType: response.contentType,
      headers: Dictionary(response.headers.map { ($0.name, $0.value) }) { first, _ in first },
      body: response.body)
  }
}
