import TestSupport

@testable import DevPlatform

/// The broker that a platform runs on.
enum TestBroker: Sendable, CaseIterable {
  /// librdkafka's mock cluster.
  case development
  /// tansu, which shares no code with librdkafka; it also keeps nothing.
  case tansu

  /// Has a platform run on it.
  func apply(to options: inout Platform.Options) throws {
    switch self {
    case .development: break
    case .tansu:
      options.brokerCommand = [
        try PythonPeer.interpreter(),
        "\(PythonPeer.repository)/Tests/Support/python/tansu_broker.py",
      ]
    }
  }
}
