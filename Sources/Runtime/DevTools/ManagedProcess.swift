/// What the supervisor needs to know to run one process.
public struct ManagedProcess: Sendable {
  /// How a process tells that it serves.
  public enum Readiness: Sendable {
    /// It sends `READY=1` to the datagram socket named in `NOTIFY_SOCKET` (sd_notify(3)).
    case notification
    /// It is ready as soon as it runs.
    case immediate
    /// It does not stay: it has done its work when it has ended with exit code 0.
    case completion
  }

  /// The name shown to people, and the stem of the log and pid files.
  public var name: String
  /// The program's path, or a name looked up on `PATH`.
  public var executable: String
  /// The arguments after the program's name.
  public var arguments: [String]
  /// Variables set on top of the supervisor's own environment.
  public var environment: [String: String]
  /// How the process tells that it serves.
  public var readiness: Readiness
  /// How long it may take to become ready, or to do its work.
  public var startTimeout: Duration
  /// How long it may take to stop after SIGTERM, before SIGKILL.
  public var stopTimeout: Duration

  /// Describes a process.
  public init(
    name: String, executable: String, arguments: [String] = [], environment: [String: String] = [:],
    readiness: Readiness = .notification, startTimeout: Duration = .seconds(60),
    stopTimeout: Duration = .seconds(15)
  ) {
    self.name = name
    self.executable = executable
    self.arguments = arguments
    self.environment = environment
    self.readiness = readiness
    self.startTimeout = startTimeout
    self.stopTimeout = stopTimeout
  }
}
