/// One `.proto` file as protoc understood it: every name resolved, every type name fully qualified.
public struct FileDescriptor: Sendable, Hashable {
  /// The path protoc knows the file by, such as `alphintra/trading/v1/order.proto`.
  public var name: String
  /// The proto package, such as `alphintra.trading.v1`; empty when the file states none.
  public var package: String
  /// Where the package is stated.
  public var packageLocation: SourceLocation
  /// The dialect of the file.
  public var syntax: Syntax
  /// The files it imports, in the order of the import statements.
  public var dependencies: [String]
  /// Where the import statements stand, in the same order.
  public var dependencyLocations: [SourceLocation]
  /// Those of the imported files that importers of this one see, too: `import public`.
  public var publicDependencies: [String]
  /// The top-level messages, in the order of the file.
  public var messages: [MessageDescriptor]
  /// The top-level enums, in the order of the file.
  public var enums: [EnumDescriptor]
  /// The services, in the order of the file.
  public var services: [ServiceDescriptor]
  /// The top-level extension fields, which is how options are declared.
  public var extensions: [FieldDescriptor]
  /// The options protobuf-c does not know: our own.
  public var options: [CustomOption]
  /// The whole descriptor as a serialized `google.protobuf.FileDescriptorProto`, without positions and
  /// comments.
  public var serialized: [UInt8]

  /// A dialect of the protobuf language.
  public enum Syntax: Sendable, Hashable {
    /// `proto2`, which is also what a file without a syntax statement is.
    case proto2
    /// `proto3`.
    case proto3
    /// An edition, or whatever else a newer protoc reports.
    case other(String)
  }
}
