/// A short name for a text, the same in every run, which `Hasher`'s is not.
enum Fingerprint {
  /// FNV-1a in hexadecimal digits.
  static func text(of text: String) -> String {
    let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
    return String(hash, radix: 16)
  }
}
