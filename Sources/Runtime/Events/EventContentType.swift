/// How the bytes of an event's payload are to be read.
public enum EventContentType: String, Sendable, Hashable, CaseIterable {
  /// JSON with the names of the proto file (snake_case). What producers write.
  case json = "application/json"
  /// The protobuf wire format.
  case protobuf = "application/protobuf"
}
