extension ServiceConfig.Name: CustomStringConvertible {
  /// Reads an entry of `name`; nil, and a problem, for one that names nothing.
  init?(_ object: ConfigObject) {
    var object = object
    let service = object.string("service") ?? ""
    let method = object.string("method") ?? ""
    object.finish()
    switch (service.isEmpty, method.isEmpty) {
    case (true, true): self = .all
    case (true, false):
      object.note("service", "must be there where a method is")
      return nil
    case (false, true): self = .service(service)
    case (false, false): self = .method(service: service, method: method)
    }
  }

  /// As it stands in messages.
  public var description: String {
    switch self {
    case .method(let service, let method): "\(service)/\(method)"
    case .service(let service): service
    case .all: "all methods"
    }
  }
}
