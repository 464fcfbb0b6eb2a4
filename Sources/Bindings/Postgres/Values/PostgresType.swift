/// A type of the server, by the object id that `pg_type` gives it.
public struct PostgresType: RawRepresentable, Hashable, Sendable {
  /// The object id.
  public let rawValue: UInt32
  /// Takes any object id.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// No type of its own: the server infers it from where the parameter stands.
  public static let inferred = PostgresType(rawValue: 0)
  /// `boolean`.
  public static let bool = PostgresType(rawValue: 16)
  /// `bytea`.
  public static let bytea = PostgresType(rawValue: 17)
  /// `bigint`.
  public static let int8 = PostgresType(rawValue: 20)
  /// `smallint`.
  public static let int2 = PostgresType(rawValue: 21)
  /// `integer`.
  public static let int4 = PostgresType(rawValue: 23)
  /// `text`.
  public static let text = PostgresType(rawValue: 25)
  /// `oid`.
  public static let oid = PostgresType(rawValue: 26)
  /// `json`.
  public static let json = PostgresType(rawValue: 114)
  /// `timestamp with time zone`.
  public static let timestamptz = PostgresType(rawValue: 1184)
  /// `numeric`.
  public static let numeric = PostgresType(rawValue: 1700)
  /// `uuid`.
  public static let uuid = PostgresType(rawValue: 2950)
  /// `jsonb`.
  public static let jsonb = PostgresType(rawValue: 3802)

  /// `boolean[]`.
  public static let boolArray = PostgresType(rawValue: 1000)
  /// `bytea[]`.
  public static let byteaArray = PostgresType(rawValue: 1001)
  /// `smallint[]`.
  public static let int2Array = PostgresType(rawValue: 1005)
  /// `integer[]`.
  public static let int4Array = PostgresType(rawValue: 1007)
  /// `bigint[]`.
  public static let int8Array = PostgresType(rawValue: 1016)
  /// `timestamptz[]`.
  public static let timestamptzArray = PostgresType(rawValue: 1185)
  /// `numeric[]`.
  public static let numericArray = PostgresType(rawValue: 1231)

  static let name = PostgresType(rawValue: 19)
  static let bpchar = PostgresType(rawValue: 1042)
  static let varchar = PostgresType(rawValue: 1043)
  static let unknown = PostgresType(rawValue: 705)

  /// The first object id of what a user created, such as an enum.
  private static let firstNormalObjectID: UInt32 = 16384

  /// Arrays of `name`, `text`, `char`, `varchar`, `oid`, `uuid`, `json`, `jsonb`, and the named ones.
  private static let arrays: Set<UInt32> = [
    1000, 1001, 1003, 1005, 1007, 1009, 1014, 1015, 1016, 1028, 1185, 1231, 2951, 199, 3807,
  ]

  /// Whether the type is, or may be, an array.
  var mayBeArray: Bool {
    rawValue >= Self.firstNormalObjectID || Self.arrays.contains(rawValue)
  }

  /// Whether a value's bytes are its text.
  ///
  /// An enum's are; a composite or range of a user's is not, which its cast to text helps.
  var isText: Bool {
    switch self {
    case .text, .varchar, .bpchar, .name, .unknown, .json: true
    default: rawValue >= Self.firstNormalObjectID
    }
  }
}

extension PostgresType: CustomStringConvertible {
  private static let names: [PostgresType: String] = [
    .inferred: "inferred", .bool: "boolean", .bytea: "bytea", .int8: "bigint",
    .int2: "smallint", .int4: "integer", .text: "text", .oid: "oid", .json: "json",
    .timestamptz: "timestamptz", .numeric: "numeric", .uuid: "uuid", .jsonb: "jsonb",
    .boolArray: "boolean[]", .byteaArray: "bytea[]", .int2Array: "smallint[]",
    .int4Array: "integer[]", .int8Array: "bigint[]", .timestamptzArray: "timestamptz[]",
    .numericArray: "numeric[]", .name: "name", .bpchar: "char", .varchar: "varchar",
  ]

  /// The name in SQL, or "type 1234".
  public var description: String { Self.names[self] ?? "type \(rawValue)" }
}
