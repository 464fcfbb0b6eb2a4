/// How the messages of one direction of a call are compressed, by the names of `grpc-encoding`
/// (gRPC over HTTP/2, "Message-Encoding").
///
/// Each message is compressed by itself. One that holds a secret beside something that others choose should
/// go as it is, because its size tells about its content (the attacks CRIME and BREACH): see
/// `RPCWriter.write(_:compressed:)`.
public enum Compression: String, Sendable, Hashable, CaseIterable {
  /// Not at all.
  case identity
  /// By gzip (RFC 1952), unless that makes a message no smaller.
  case gzip
}
