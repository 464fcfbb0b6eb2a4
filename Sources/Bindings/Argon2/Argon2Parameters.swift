/// What a hash costs and how long it is (RFC 9106 section 3.1).
public struct Argon2Parameters: Sendable, Hashable {
  /// Memory in KiB; at least eight per lane.
  public var memoryKiB: UInt32
  /// Passes over the memory; at least one.
  public var passes: UInt32
  /// Independent lanes, each its own thread; at least one.
  public var lanes: UInt32
  /// The length of the hash in bytes; at least four.
  public var hashBytes: Int

  /// OWASP's first recommendation for storing passwords: 19 MiB, two passes, one lane.
  public static let passwordStorage = Argon2Parameters(
    memoryKiB: 19 * 1024, passes: 2, lanes: 1, hashBytes: 32)

  /// Names all parameters.
  public init(memoryKiB: UInt32, passes: UInt32, lanes: UInt32, hashBytes: Int) {
    self.memoryKiB = memoryKiB
    self.passes = passes
    self.lanes = lanes
    self.hashBytes = hashBytes
  }

  /// The parameters written in a PHC string, or `nil` where it is no argon2id hash of version 1.3.
  ///
  /// A stored hash whose parameters are not today's is replaced when its owner logs in next.
  public init?(phc: String) {
    let parts = phc.split(separator: "$", omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0].isEmpty, parts[1] == "argon2id", parts[2] == "v=19" else {
      return nil
    }
    let costs = parts[3].split(separator: ",", omittingEmptySubsequences: false)
    guard costs.count == 3, let memory = Self.number(costs[0], named: "m"),
      let passes = Self.number(costs[1], named: "t"), let lanes = Self.number(costs[2], named: "p")
    else { return nil }
    // Base64 without padding: four characters carry three bytes.
    self.init(
      memoryKiB: memory, passes: passes, lanes: lanes, hashBytes: parts[5].utf8.count * 3 / 4)
  }

  private static func number(_ text: Substring, named name: String) -> UInt32? {
    guard text.hasPrefix("\(name)=") else { return nil }
    return UInt32(text.dropFirst(name.utf8.count + 1))
  }
}
