import Protobuf

/// Fills a request from the three places an HTTP request has: body, path and query.
struct RequestBinding<Request: Message>: Sendable {
  private let body: Body<Request>
  private let pathParameters: [String: Parameter<Request>]
  private let queryParameters: [String: Parameter<Request>]

  init(template: PathTemplate, body: Body<Request>, parameters: [Parameter<Request>]) {
    var pathParameters: [String: Parameter<Request>] = [:]
    var queryParameters: [String: Parameter<Request>] = [:]
    let variables = Set(template.variables.map(\.fieldPath))
    for parameter in parameters {
      if variables.contains(parameter.field) {
        precondition(!parameter.isRepeated, "\(template): \(parameter.field) is repeated")
        pathParameters[parameter.field] = parameter
      } else {
        queryParameters[parameter.field] = parameter
        queryParameters[parameter.jsonName] = parameter
      }
    }
    for variable in template.variables {
      precondition(
        pathParameters[variable.fieldPath] != nil,
        "\(template): no parameter \(variable.fieldPath)")
    }
    self.body = body
    self.pathParameters = pathParameters
    self.queryParameters = queryParameters
  }

  func request(
    variables: [(fieldPath: String, text: String)], query: QueryString, body bytes: [UInt8]
  ) throws(TranscodingError) -> Request {
    var request = try body.request(bytes)
    var errors: [ParameterError] = []
    for (field, text) in variables {
      guard let parameter = pathParameters[field] else { continue }
      do throws(ParameterError) {
        try parameter.bindPath(text, to: &request)
      } catch {
        errors.append(error)
      }
    }
    var seen: Set<String> = []
    for item in query.items {
      do throws(ParameterError) {
        try bind(item, to: &request, seen: &seen)
      } catch {
        errors.append(error)
      }
    }
    guard errors.isEmpty else { throw .parameters(errors) }
    return request
  }

  private func bind(
    _ item: QueryString.Item, to request: inout Request, seen: inout Set<String>
  ) throws(ParameterError) {
    guard let parameter = queryParameters[item.name] else {
      throw ParameterError(
        field: item.name, source: .query, reason: .unknownParameter,
        rule: "is no query parameter of this route", value: item.value)
    }
    guard seen.insert(parameter.field).inserted || parameter.isRepeated else {
      throw ParameterError(
        field: parameter.field, source: .query, reason: .repeatedParameter,
        rule: "is given once", value: item.value)
    }
    try parameter.bindQuery(item.value, to: &request)
  }
}
