/// What happens while a platform starts, runs and stops.
public enum PlatformProgress: Sendable {
  /// A step begins.
  case starting(String)
  /// A step is done.
  case ready(String, detail: String, after: Duration)
  /// A sentence for people.
  case note(String)
  /// A process is told to stop.
  case stopping(String)
}
