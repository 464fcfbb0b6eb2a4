internal import AuthDomain
internal import Configuration
internal import ProcessKit

/// The settings that only this service has.
struct AuthSettings: Sendable {
  /// The keys that sign access tokens and verify them: `auth.signing_key` names their PEM file.
  let signingKeys: SigningKeys
  /// What hashes of passwords cost, and how many are made at once.
  let passwords: PasswordSettings
  /// How long sessions last: `auth.sessions.…`.
  let sessions: SessionRules

  /// Reads the settings and the keys.
  ///
  /// - Throws: `ConfigurationError` with every problem there is.
  init(_ reader: ConfigReader, service: String) throws(ConfigurationError) {
    var settings = Settings(reader, service: service)
    let keysPath = settings.file("signing_key")
    passwords = PasswordSettings(&settings, service: service)
    sessions = SessionRules(&settings)
    var keys: SigningKeys?
    if !keysPath.isEmpty {
      do throws(SigningKeysError) {
        keys = try SigningKeys(path: keysPath)
      } catch {
        settings.note("\(service).signing_key", error.description, keysPath)
      }
    }
    try settings.finish()
    guard let keys else {
      throw ConfigurationError([
        .init(key: "\(service).signing_key", rule: "must name a readable file", value: nil)
      ])
    }
    signingKeys = keys
  }
}
