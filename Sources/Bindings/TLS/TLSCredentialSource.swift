public import Core
internal import Synchronization

/// The credentials of one side as its files say now: read at the start, and again when they change.
///
/// Identity, authorities and deny-list are files of their own and change on their own: one that cannot
/// be used leaves what was read before in use, and does not keep the others from being replaced.
///
/// Nothing happens by itself: whoever owns the source calls ``refresh(rereading:)`` now and then. It
/// reads files, so not from an event loop.
public final class TLSCredentialSource: Sendable {
  /// What became of a refresh.
  public struct Refresh: Sendable {
    /// Whether there are new credentials.
    public internal(set) var hasChanged = false
    /// What is wrong with the files that were not taken, and why.
    public internal(set) var failures: [TLSError] = []
  }

  /// The files that are read.
  public let files: TLSCredentials.Files

  private struct State {
    var credentials: TLSCredentials
    var signatures: Signatures
    var observers: [Int: @Sendable (TLSCredentials) -> Void] = [:]
    var nextObserver = 0
  }

  /// Of the files that what is in use was read from.
  private struct Signatures {
    var identity: [FileSignature?]
    var authorities: [FileSignature?]
    var denyList: [FileSignature?]
  }

  private let state: Mutex<State>
  /// Held while files are read, so that what was read last is what counts.
  private let refreshing = Mutex<Void>(())

  /// Reads the files.
  ///
  /// - Throws: ``TLSError/Code/invalidConfiguration``, naming the file and what is wrong with it.
  public init(_ files: TLSCredentials.Files) throws(TLSError) {
    self.files = files
    // Taken before the files are read: what is written meanwhile is noticed at the next refresh.
    let signatures = Signatures(
      identity: Self.signatures(files.identityPaths),
      authorities: Self.signatures(files.authorityPaths),
      denyList: Self.signatures(files.denyListPaths))
    state = Mutex(State(credentials: try TLSCredentials(reading: files), signatures: signatures))
  }

  /// The credentials to use now.
  public var current: TLSCredentials { state.withLock(\.credentials) }

  /// Reads the files that have changed, and replaces the credentials in one step if they are good.
  ///
  /// A file that was not taken is read again every time, until it is good.
  ///
  /// - Parameters:
  ///   - rereading: reads all files, also those that look the same.
  ///   - now: the time of day; a certificate that is not valid then is not taken.
  public func refresh(rereading: Bool = false, now: Instant) -> Refresh {
    refreshing.withLock { _ in
      var refresh = Refresh()
      let (old, known) = state.withLock { ($0.credentials, $0.signatures) }
      let identity = Self.replacement(
        files.identityPaths, known.identity, rereading, &refresh
      ) { () throws(TLSError) in
        try files.identity.map { identity throws(TLSError) in
          try LoadedIdentity(identity).checked(at: now, identity.certificateChainPath)
        }
      }
      let authorities = Self.replacement(
        files.authorityPaths, known.authorities, rereading, &refresh
      ) { () throws(TLSError) in
        try files.trustedAuthoritiesPath.map { path throws(TLSError) in try LoadedAuthorities(path)
        }
      }
      let denyList = Self.replacement(
        files.denyListPaths, known.denyList, rereading, &refresh
      ) { () throws(TLSError) in try PeerDenyList(at: files.denyListPath) }
      guard identity != nil || authorities != nil || denyList != nil else { return refresh }
      refresh.hasChanged = true
      let credentials = TLSCredentials(
        identity: identity?.value ?? old.identity,
        authorities: authorities?.value ?? old.authorities,
        denyList: denyList?.value ?? old.denyList)
      let observers = state.withLock { state in
        state.credentials = credentials
        state.signatures = Signatures(
          identity: identity?.signatures ?? known.identity,
          authorities: authorities?.signatures ?? known.authorities,
          denyList: denyList?.signatures ?? known.denyList)
        return state.observers.values
      }
      for observer in observers { observer(credentials) }
      return refresh
    }
  }

  /// Calls `observer` with all credentials that replace others, until the observation is let go.
  ///
  /// It is called by whoever refreshes, and must not block or refresh.
  public func observe(_ observer: @escaping @Sendable (TLSCredentials) -> Void) -> Observation {
    let id = state.withLock { state in
      defer { state.nextObserver += 1 }
      state.observers[state.nextObserver] = observer
      return state.nextObserver
    }
    return Observation(of: self, id)
  }

  /// Keeps an observer; let go of it to observe no more.
  public final class Observation: Sendable {
    private let source: TLSCredentialSource
    private let id: Int

    fileprivate init(of source: TLSCredentialSource, _ id: Int) {
      self.source = source
      self.id = id
    }

    deinit {
      // Taken out of the lock before it is released: it may hold the last reference to anything.
      let observer = source.state.withLock { $0.observers.removeValue(forKey: id) }
      withExtendedLifetime(observer) {}
    }
  }

  // MARK: - Files

  /// How often files that change while they are read are read in one refresh.
  private static let attempts = 3

  private static func signatures(_ paths: [String]) -> [FileSignature?] {
    paths.map { FileSignature($0) }
  }

  /// What files hold now, if they have changed and are good.
  ///
  /// Files that belong together are of one version if none changed while they were read.
  private static func replacement<Value>(
    _ paths: [String], _ known: [FileSignature?], _ rereading: Bool, _ refresh: inout Refresh,
    read: () throws(TLSError) -> Value
  ) -> (value: Value, signatures: [FileSignature?])? {
    var before = signatures(paths)
    guard before != known || rereading else { return nil }
    for attempt in 1...attempts {
      do throws(TLSError) {
        let value = try read()
        let after = signatures(paths)
        if after == before { return (value, after) }
        before = after
      } catch {
        let after = signatures(paths)
        if after == before || attempt == attempts {
          refresh.failures.append(error)
          return nil
        }
        before = after
      }
    }
    return nil
  }
}

extension TLSCredentials.Files {
  fileprivate var identityPaths: [String] {
    identity.map { [$0.certificateChainPath, $0.privateKeyPath] } ?? []
  }

  fileprivate var authorityPaths: [String] { trustedAuthoritiesPath.map { [$0] } ?? [] }

  fileprivate var denyListPaths: [String] { denyListPath.map { [$0] } ?? [] }
}

extension LoadedIdentity {
  /// Refuses a certificate that nobody would accept.
  fileprivate func checked(at now: Instant, _ path: String) throws(TLSError) -> LoadedIdentity {
    let (from, until) = (certificate.validFrom, certificate.validUntil)
    guard from <= now, now <= until else {
      throw TLSError(
        .invalidConfiguration,
        "certificate chain \(path): valid from \(from) to \(until), and now is \(now)")
    }
    return self
  }
}
