/// The failure of a call, as the caller sees it.
///
/// `message`, `details` and `metadata` travel to the caller, who may be anyone: put nothing in them
/// that only an operator should read. `cause` stays in this process, for the log.
public struct RPCError: Error, Sendable {
  /// One word for all of it: every function that may fail with it, and every asynchronous call in progress,
  /// holds room for an error that nearly never comes.
  private var storage: Storage

  /// The kind of failure; never `.ok`.
  public var code: StatusCode {
    get { self.storage.code }
    set { self.own().code = newValue }
  }

  /// What went wrong, for the person who reads it.
  ///
  /// Travels to the caller.
  public var message: String {
    get { self.storage.message }
    set { self.own().message = newValue }
  }

  /// What went wrong, for programs.
  ///
  /// Travels to the caller in `grpc-status-details-bin`.
  public var details: [ErrorDetail] {
    get { self.storage.details }
    set { self.own().details = newValue }
  }

  /// The trailing metadata of the failed call.
  ///
  /// Travels to the caller.
  public var metadata: Metadata {
    get { self.storage.metadata }
    set { self.own().metadata = newValue }
  }

  /// What the server says about making the call again; nil leaves it to the caller.
  ///
  /// Travels to the caller, whose channel heeds it.
  public var pushback: RetryPushback? {
    get { self.storage.pushback }
    set { self.own().pushback = newValue }
  }

  /// The failure behind this one.
  ///
  /// Never leaves the process.
  public var cause: (any Error)? {
    get { self.storage.cause }
    set { self.own().cause = newValue }
  }

  /// Creates an error.
  ///
  /// The cause of a cause with the same code takes its place.
  public init(
    _ code: StatusCode, _ message: String, details: [ErrorDetail] = [],
    metadata: Metadata = Metadata(), pushback: RetryPushback? = nil, cause: (any Error)? = nil
  ) {
    precondition(code != .ok, "an error cannot have the status OK")
    let inner = (cause as? RPCError).flatMap { $0.code == code ? $0.cause ?? $0 : nil }
    self.storage = Storage(
      code: code, message: message, details: details, metadata: metadata, pushback: pushback,
      cause: inner ?? cause)
  }

  /// What this error alone may change.
  private mutating func own() -> Storage {
    if !isKnownUniquelyReferenced(&self.storage) { self.storage = self.storage.copy() }
    return self.storage
  }

  private final class Storage: @unchecked Sendable {
    // Unchecked: nobody changes it unless its error is its only holder.
    var code: StatusCode
    var message: String
    var details: [ErrorDetail]
    var metadata: Metadata
    var pushback: RetryPushback?
    var cause: (any Error)?

    init(
      code: StatusCode, message: String, details: [ErrorDetail], metadata: Metadata,
      pushback: RetryPushback?, cause: (any Error)?
    ) {
      self.code = code
      self.message = message
      self.details = details
      self.metadata = metadata
      self.pushback = pushback
      self.cause = cause
    }

    func copy() -> Storage {
      Storage(
        code: self.code, message: self.message, details: self.details, metadata: self.metadata,
        pushback: self.pushback, cause: self.cause)
    }
  }

  /// The first `ErrorInfo` among the details.
  public var errorInfo: (reason: String, domain: String, metadata: [String: String])? {
    for case .errorInfo(let reason, let domain, let metadata) in self.details {
      return (reason, domain, metadata)
    }
    return nil
  }
}

extension RPCError: CustomStringConvertible {
  /// The code, the message and the cause on one line, for logs.
  public var description: String {
    let cause = self.cause.map { " (cause: \($0))" } ?? ""
    return "\(self.code.name): \(self.message)\(cause)"
  }
}

/// An error that knows how it looks to a caller.
///
/// A domain's errors conform in the service's mapping file; the server turns them into a status.
public protocol RPCErrorConvertible: Error {
  /// The error as the caller sees it.
  var rpcError: RPCError { get }
}

extension RPCError {
  /// The status that a thrown error becomes.
  ///
  /// An error that says nothing about itself is reported as UNKNOWN without its text, which might hold
  /// secrets; it is kept as the cause.
  @inline(never)  // What it needs for a moment would be part of each call's memory.
  public init(reporting error: any Error) {
    switch error {
    case let error as RPCError: self = error
    case let error as any RPCErrorConvertible: self = error.rpcError
    case is CancellationError: self.init(.cancelled, "the call was cancelled", cause: error)
    default: self.init(.unknown, "the service failed", cause: error)
    }
  }
}
