/// What is accepted as the JSON form of a message.
public struct JSONDecodingOptions: Sendable, Hashable {
  /// Skips fields and names of enumerations that the contract does not know.
  public var ignoreUnknownFields: Bool
  /// How deeply objects and arrays may nest.
  public var maximumDepth: Int
  /// How many bytes the text may have.
  public var maximumSize: Int
  /// The types an `Any` may hold.
  public var types: TypeRegistry

  /// The default of `maximumDepth`.
  public static let defaultMaximumDepth = 100
  /// The default of `maximumSize`: 4 MiB, as for a message over RPC.
  public static let defaultMaximumSize = 4 << 20

  /// Strict within the default limits unless said otherwise.
  public init(
    ignoreUnknownFields: Bool = false, maximumDepth: Int = defaultMaximumDepth,
    maximumSize: Int = defaultMaximumSize, types: TypeRegistry = TypeRegistry()
  ) {
    self.ignoreUnknownFields = ignoreUnknownFields
    self.maximumDepth = maximumDepth
    self.maximumSize = maximumSize
    self.types = types
  }
}
