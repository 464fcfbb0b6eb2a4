/// A password that nobody chose.
public enum GeneratedPassword {
  /// The characters, without those that look like others: 32, so that each carries five bits.
  static let alphabet = Array("abcdefghijkmnpqrstuvwxyz23456789")
  /// 160 bits.
  static let characters = 32

  /// Draws one from the system's generator, which is made for keys.
  public static func make() -> String {
    var generator = SystemRandomNumberGenerator()
    return String(
      (0..<characters).map { _ in
        alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
      })
  }
}
