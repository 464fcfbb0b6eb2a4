/// The 64-bit FNV-1a hash: the same bytes give the same number on every machine and in every
/// release, which `Hasher` does not promise.
///
/// Source: Fowler, Noll, Vo, "The FNV Non-Cryptographic Hash Algorithm" (draft-eastlake-fnv). It
/// tells texts apart that nobody chose to collide.
public enum FNV1a {
  /// The hash of some bytes.
  public static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
    bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
  }
}
