/// A connection to an exchange, and how far its reports and its events are.
public struct Connection: Hashable, Sendable {
  /// Its name.
  public let id: ConnectionID
  /// The sequence of the last report that was taken; zero before the first.
  public private(set) var reportSequence: Int64
  /// How many events have been told.
  public private(set) var eventSequence: Int64

  /// A connection as it was read back from storage.
  public init(id: ConnectionID, reportSequence: Int64 = 0, eventSequence: Int64 = 0) {
    self.id = id
    self.reportSequence = reportSequence
    self.eventSequence = eventSequence
  }

  /// Takes the report of a sequence.
  ///
  /// - Returns: false when it was taken before.
  /// - Throws: ``ReportGap`` when one before it is missing.
  public mutating func take(report sequence: Int64) throws(ReportGap) -> Bool {
    guard sequence > reportSequence else { return false }
    guard sequence == reportSequence + 1 else {
      throw ReportGap(expected: reportSequence + 1, received: sequence)
    }
    reportSequence = sequence
    return true
  }

  /// Draws the sequence of the next event.
  public mutating func drawEventSequence() -> Int64 {
    eventSequence += 1
    return eventSequence
  }
}

/// A report came before the one that precedes it.
public struct ReportGap: Error, Hashable, Sendable, CustomStringConvertible {
  /// The sequence that should have come.
  public let expected: Int64
  /// The sequence that came.
  public let received: Int64

  /// Names both.
  public var description: String { "report \(received) came where \(expected) was expected" }
}
