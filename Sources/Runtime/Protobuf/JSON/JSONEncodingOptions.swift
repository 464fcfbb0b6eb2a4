/// How a message is printed as JSON.
public struct JSONEncodingOptions: Sendable, Hashable {
  /// Prints `created_at` instead of `createdAt`: the form of events.
  public var preservingProtoFieldNames: Bool
  /// Also prints fields without presence that have their default value.
  public var printingDefaultValues: Bool
  /// Prints the numbers of enumerations instead of their names.
  public var printingEnumsAsIntegers: Bool
  /// The types an `Any` may hold.
  public var types: TypeRegistry

  /// The standard form unless said otherwise.
  public init(
    preservingProtoFieldNames: Bool = false, printingDefaultValues: Bool = false,
    printingEnumsAsIntegers: Bool = false, types: TypeRegistry = TypeRegistry()
  ) {
    self.preservingProtoFieldNames = preservingProtoFieldNames
    self.printingDefaultValues = printingDefaultValues
    self.printingEnumsAsIntegers = printingEnumsAsIntegers
    self.types = types
  }
}
