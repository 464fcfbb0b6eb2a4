internal import NIOCore

/// How many bytes the kernel takes for a connection beyond those on their way (`TCP_NOTSENT_LOWAT`).
///
/// Without it the kernel takes megabytes for a slow reader: updates that are old when they arrive, and
/// that conflation cannot reach any more.
enum UnsentBytes {
  static var option: ChannelOptions.Types.SocketOption {
    ChannelOptions.Types.SocketOption(level: .tcp, name: NIOBSDSocket.Option(rawValue: number))
  }

  #if canImport(Darwin)
    private static let number: CInt = 0x201
  #else
    private static let number: CInt = 25
  #endif
}
