internal import Transcoding

/// Holds a subscription's updates back, so that its client gets at most one of a key in an interval.
///
/// An update that comes while nothing is held back goes out at once and opens the window; those that
/// follow wait for its end and replace each other by key. What leaves together leaves in the order of the
/// stream, so the sequence that the client sees still grows.
struct ConflationWindow {
  private var held: [String: ChannelMessage] = [:]

  /// Whether updates wait for the end of the window.
  private(set) var isOpen = false

  /// How many updates wait.
  var count: Int { held.count }

  /// Opens the window with an update that goes out now; or keeps the update for the window's end.
  ///
  /// - Returns: whether the update goes out now.
  mutating func admit(_ message: ChannelMessage, _ key: String) -> Bool {
    guard isOpen else {
      isOpen = true
      return true
    }
    held[key] = message
    return false
  }

  /// Ends the window: what was held goes out, and the next window is open; without any, it is closed.
  mutating func end() -> [ChannelMessage] {
    defer { held.removeAll(keepingCapacity: true) }
    isOpen = !held.isEmpty
    return held.values.sorted { $0.sequence < $1.sequence }
  }

  /// Forgets what is held: a snapshot has replaced it.
  mutating func clear() { held = [:] }
}
