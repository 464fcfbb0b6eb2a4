internal import CArgon2

/// Argon2id (RFC 9106): hashes of passwords that are costly to guess.
///
/// Every call blocks its thread for tens of milliseconds: call through an ``Argon2Worker``.
public enum Argon2id {
  /// The least bytes of salt; RFC 9106 recommends 16 for passwords.
  public static let minimumSaltBytes = 8

  /// The hash of a password as a PHC string, `$argon2id$v=19$m=…,t=…,p=…$salt$hash`.
  ///
  /// - Parameters:
  ///   - password: the password's bytes.
  ///   - salt: at least ``minimumSaltBytes`` bytes, random for each password.
  ///   - parameters: what the hash costs; they become part of the string.
  public static func encode(
    _ password: [UInt8], salt: [UInt8], parameters: Argon2Parameters = .passwordStorage
  ) throws(Argon2Error) -> String {
    let count = argon2_encodedlen(
      parameters.passes, parameters.memoryKiB, parameters.lanes, UInt32(salt.count),
      UInt32(parameters.hashBytes), Argon2_id)
    var text = [CChar](repeating: 0, count: count)
    let code = argon2id_hash_encoded(
      parameters.passes, parameters.memoryKiB, parameters.lanes, password, password.count, salt,
      salt.count, parameters.hashBytes, &text, count)
    guard code == ARGON2_OK.rawValue else { throw Argon2Error(code: code) }
    let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Whether a PHC string was made from this password; compares in constant time.
  ///
  /// - Throws: ``Argon2Error/invalidArgument(_:)`` for a string that is no argon2id hash.
  public static func verify(
    _ password: [UInt8], against phc: String
  ) throws(Argon2Error) -> Bool {
    let code = argon2id_verify(phc, password, password.count)
    switch code {
    case ARGON2_OK.rawValue: return true
    case ARGON2_VERIFY_MISMATCH.rawValue: return false
    default: throw Argon2Error(code: code)
    }
  }

  /// The bare hash, with the optional inputs that a PHC string has no place for.
  ///
  /// - Parameters:
  ///   - secret: a key that is stored apart from the hashes ("pepper"), or empty.
  ///   - associatedData: data bound into the hash, or empty.
  public static func hash(
    _ password: [UInt8], salt: [UInt8], secret: [UInt8] = [], associatedData: [UInt8] = [],
    parameters: Argon2Parameters
  ) throws(Argon2Error) -> [UInt8] {
    // The library takes mutable pointers but writes only to `hash`: no flag asks it to wipe inputs.
    var password = password
    var salt = salt
    var secret = secret
    var associatedData = associatedData
    var hash = [UInt8](repeating: 0, count: parameters.hashBytes)
    let code = hash.withUnsafeMutableBufferPointer { hash in
      password.withUnsafeMutableBufferPointer { password in
        salt.withUnsafeMutableBufferPointer { salt in
          secret.withUnsafeMutableBufferPointer { secret in
            associatedData.withUnsafeMutableBufferPointer { data in
              var context = argon2_context(
                out: hash.baseAddress, outlen: UInt32(hash.count), pwd: password.baseAddress,
                pwdlen: UInt32(password.count), salt: salt.baseAddress,
                saltlen: UInt32(salt.count), secret: secret.baseAddress,
                secretlen: UInt32(secret.count), ad: data.baseAddress, adlen: UInt32(data.count),
                t_cost: parameters.passes, m_cost: parameters.memoryKiB, lanes: parameters.lanes,
                threads: parameters.lanes, version: ARGON2_VERSION_13.rawValue, allocate_cbk: nil,
                free_cbk: nil, flags: 0)
              return argon2id_ctx(&context)
            }
          }
        }
      }
    }
    guard code == ARGON2_OK.rawValue else { throw Argon2Error(code: code) }
    return hash
  }
}
