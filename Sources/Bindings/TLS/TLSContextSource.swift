internal import Synchronization

/// The context for the next connection of a server: a new one when the credentials have changed.
///
/// Connections that are open keep the context they began with.
public final class TLSContextSource: Sendable {
  /// What contexts are made from.
  public let configuration: TLSConfiguration
  /// Where the credentials come from.
  public let credentials: TLSCredentialSource
  private let made: Mutex<TLSContext>

  /// Makes the first context.
  ///
  /// - Parameter credentials: of the files that the configuration names; nil reads them now, once.
  /// - Throws: ``TLSError/Code/invalidConfiguration``, naming the file and what is wrong with it.
  public init(
    _ configuration: TLSConfiguration, _ credentials: TLSCredentialSource? = nil
  ) throws(TLSError) {
    let credentials =
      if let credentials { credentials } else { try TLSCredentialSource(configuration.files) }
    let (files, named) = (credentials.files, configuration.files)
    precondition(
      files.identity == named.identity
        && files.trustedAuthoritiesPath == named.trustedAuthoritiesPath,
      "the credentials are those of other files")
    self.configuration = configuration
    self.credentials = credentials
    self.made = Mutex(try TLSContext(configuration, credentials.current))
  }

  /// The context of the newest credentials.
  ///
  /// - Throws: ``TLSError/Code/invalidConfiguration`` if OpenSSL cannot make one.
  public func current() throws(TLSError) -> TLSContext {
    let newest = credentials.current
    let known = made.withLock { $0 }
    guard known.credentials !== newest else { return known }
    let context = try TLSContext(configuration, newest)
    made.withLock { $0 = context }
    return context
  }
}
