import Dispatch
import Glibc

/// The words in which libpq is told what to connect to.
enum ConnectionParameters {
  /// Puts the parameters together, looking up the host's address where it has a name: libpq would
  /// block on that.
  @PostgresLoop
  static func resolve(
    _ configuration: PostgresConfiguration,
    _ completion:
      @escaping @PostgresLoop @Sendable (Result<[(String, String)], PostgresError>) -> Void
  ) {
    let parameters = list(configuration)
    let host = configuration.host
    if host.hasPrefix("/") || isAddress(host) {
      completion(.success(parameters))
      return
    }
    DispatchQueue.global().async {
      let outcome = address(of: host).map { parameters + [("hostaddr", $0)] }
      PostgresLoop.execute { completion(outcome) }
    }
  }

  private static func list(_ configuration: PostgresConfiguration) -> [(String, String)] {
    let networkTimeout = configuration.limits.networkTimeout
    var list = [
      ("host", configuration.host), ("port", "\(configuration.port)"),
      ("dbname", configuration.database), ("user", configuration.user),
      ("application_name", configuration.applicationName), ("client_encoding", "UTF8"),
      ("options", options(configuration)), ("gssencmode", "disable"),
      ("keepalives_idle", "\(networkTimeout.components.seconds)"),
      ("tcp_user_timeout", "\(networkTimeout.milliseconds)"),
    ]
    if let password = configuration.password { list.append(("password", password)) }
    switch configuration.encryption {
    case .none: list.append(("sslmode", "disable"))
    case .verified(let file): list += [("sslmode", "verify-full"), ("sslrootcert", file)]
    }
    return list
  }

  /// Settings of the session, as options on the command line of the server's process.
  private static func options(_ configuration: PostgresConfiguration) -> String {
    let limits = configuration.limits
    var settings = ["timezone=UTC", "statement_timeout=\(limits.statementTimeout.milliseconds)"]
    settings.append(
      "idle_in_transaction_session_timeout=\(limits.idleInTransactionTimeout.milliseconds)")
    if let schema = configuration.schema {
      settings.append("search_path=\(PostgresQuery.quoted(identifier: schema))")
    }
    return settings.map { setting in
      let escaped = setting.replacing("\\", with: "\\\\").replacing(" ", with: "\\ ")
      return "-c \(escaped)"
    }.joined(separator: " ")
  }

  private static func isAddress(_ host: String) -> Bool {
    var address = in6_addr()
    return inet_pton(AF_INET, host, &address) == 1 || inet_pton(AF_INET6, host, &address) == 1
  }

  private static func address(of host: String) -> Result<String, PostgresError> {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, nil, &hints, &list)
    defer { if let list { freeaddrinfo(list) } }
    guard code == 0, let first = list?.pointee else {
      let reason = String(cString: gai_strerror(code))
      return .failure(PostgresError(.connectionFailed, "host \(host) has no address: \(reason)"))
    }
    let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(NI_MAXHOST)) { buffer in
      let code = getnameinfo(
        first.ai_addr, first.ai_addrlen, buffer.baseAddress, socklen_t(NI_MAXHOST), nil, 0,
        NI_NUMERICHOST)
      return code == 0 ? buffer.baseAddress.map { String(cString: $0) } : nil
    }
    guard let text else {
      return .failure(PostgresError(.connectionFailed, "host \(host) has no address"))
    }
    return .success(text)
  }
}

extension Duration {
  /// Whole milliseconds, as the server counts its time-outs.
  var milliseconds: Int64 {
    components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
  }
}

extension Duration? {
  /// Zero, which the server takes as never, for none.
  var milliseconds: Int64 { self?.milliseconds ?? 0 }
}
