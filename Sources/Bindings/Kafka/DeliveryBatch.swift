import Synchronization

/// The records of one call of publish, waiting for their acknowledgements.
///
/// Each record carries a pointer to its slot through librdkafka. The slots live as long as the
/// batch, which ``ProducerEvents`` holds until its last record is answered.
final class DeliveryBatch: @unchecked Sendable {
  // Sendable: `slots` is written once before any record is sent; the rest is behind the mutex.
  typealias Outcome = Result<KafkaDelivery, KafkaError>

  struct Slot {
    unowned(unsafe) let batch: DeliveryBatch
    let index: Int
  }

  private struct State {
    var outcomes: [Outcome?]
    var remaining: Int
    var continuation: CheckedContinuation<[Outcome], Never>?
  }

  private let slots: UnsafeMutableBufferPointer<Slot>
  private let state: Mutex<State>

  /// - Parameter continuation: resumed with one outcome a record, in their order.
  init(count: Int, continuation: CheckedContinuation<[Outcome], Never>) {
    slots = .allocate(capacity: count)
    state = Mutex(
      State(
        outcomes: Array(repeating: nil, count: count), remaining: count,
        continuation: continuation))
    for index in 0..<count {
      slots.initializeElement(at: index, to: Slot(batch: self, index: index))
    }
  }

  deinit {
    slots.deinitialize()
    slots.deallocate()
  }

  /// The opaque pointer of a record.
  func opaque(at index: Int) -> UnsafeMutableRawPointer? {
    slots.baseAddress.map { UnsafeMutableRawPointer($0 + index) }
  }

  /// The batch and index behind the opaque pointer of a record that is not yet answered.
  static func slot(_ opaque: UnsafeMutableRawPointer) -> Slot {
    opaque.assumingMemoryBound(to: Slot.self).pointee
  }

  /// Answers a record once.
  ///
  /// - Returns: whether this was the batch's last.
  @discardableResult
  func complete(_ index: Int, _ outcome: Outcome) -> Bool {
    let finished = state.withLock { state -> (CheckedContinuation<[Outcome], Never>, [Outcome])? in
      guard state.outcomes[index] == nil else { return nil }
      state.outcomes[index] = outcome
      state.remaining -= 1
      guard state.remaining == 0, let continuation = state.continuation else { return nil }
      state.continuation = nil
      return (continuation, state.outcomes.compactMap { $0 })
    }
    guard let (continuation, outcomes) = finished else { return false }
    continuation.resume(returning: outcomes)
    return true
  }

  /// Answers every record that is not answered yet.
  ///
  /// - Returns: how many those were.
  func abandon(_ error: KafkaError) -> Int {
    let open = state.withLock { state in state.outcomes.indices.filter { state.outcomes[$0] == nil }
    }
    for index in open { complete(index, .failure(error)) }
    return open.count
  }
}
