import Mesh
import Observability
import RPC
import Synchronization

/// The ways from one service to others, one each, under its own identity.
final class MeshChannels: Sendable {
  private let settings: MeshSettings
  private let configuration: MeshChannel.Configuration
  private let diagnostics: Diagnostics
  private let channels = Mutex<[String: MeshChannel]>([:])

  init(
    _ settings: MeshSettings, _ configuration: MeshChannel.Configuration,
    _ diagnostics: Diagnostics
  ) {
    self.settings = settings
    self.configuration = configuration
    self.diagnostics = diagnostics
  }

  /// Those that have been asked for, by the names of the services.
  var all: [MeshChannel] {
    channels.withLock { $0.values.sorted { $0.service < $1.service } }
  }

  /// The way to a service; connected when the first call is made.
  func channel(to service: String) -> MeshChannel {
    channels.withLock { channels in
      if let channel = channels[service] { return channel }
      let channel = MeshChannel(to: service, settings, configuration)
      channels[service] = channel
      diagnostics.countBackends(of: channel)
      return channel
    }
  }

  /// Takes no more calls; those under way end.
  func close() {
    for channel in channels.withLock({ $0.values }) { channel.close() }
  }
}
