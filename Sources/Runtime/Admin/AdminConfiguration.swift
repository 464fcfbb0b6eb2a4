public import ProcessKit

/// Where a process answers its operators.
public struct AdminConfiguration: Sendable, Hashable {
  /// The address to bind, `admin.host`; 127.0.0.1 unless told: what is told there is not for everyone.
  public var host: String
  /// The port to bind, `admin.port`; 0 lets the system choose.
  public var port: Int

  /// States both.
  public init(host: String = "127.0.0.1", port: Int = 0) {
    self.host = host
    self.port = port
  }

  /// Reads both.
  public init(_ settings: inout Settings) {
    host = settings.string("admin.host", default: "127.0.0.1")
    port = settings.integer("admin.port", in: 0...65_535, default: 0)
  }
}
