internal import CRDKafka
import Dispatch
import Foundation
import Synchronization

/// A thread with a table of descriptors of its own: what it and the threads that it makes open, no other thread
/// sees, and no process inherits that is started elsewhere.
///
/// A process that is forked has a copy of every descriptor of the thread that forks it until it executes its
/// program, close-on-exec or not. Whoever closes a socket that listens, and binds its port anew, fails meanwhile.
///
/// What works with these descriptors is to be called here, by ``perform(_:)``: their numbers mean others elsewhere.
final class SeparateThread: Sendable {
  private struct State {
    var work: [@Sendable () -> Void] = []
    var isEnding = false
  }

  /// Where the answer of a piece of work is laid down.
  private final class Answer<R: Sendable>: Sendable {
    let value = Mutex<R?>(nil)
    let isThere = DispatchSemaphore(value: 0)
  }

  private let state = Mutex(State())
  private let wake = DispatchSemaphore(value: 0)

  /// Starts a thread that has the standard streams open and nothing else; it runs until ``end()``.
  ///
  /// - Throws: `.wrongState` where the system gives no thread a table of its own (Linux has since 5.9).
  init(name: String) throws(KafkaError) {
    let thread = Thread { [self] in run() }
    thread.name = name
    thread.start()
    let failure = perform { crdkafka_separate_descriptors(UInt32(STDERR_FILENO + 1)) }
    guard failure == 0 else {
      end()
      let reason = String(cString: strerror(failure))
      throw KafkaError(.wrongState, "no descriptors of its own for \(name): \(reason)")
    }
  }

  /// Runs work on the thread, and waits for it; in the order of the calls.
  ///
  /// Not after ``end()``.
  func perform<R: Sendable>(_ body: @escaping @Sendable () -> R) -> R {
    let answer = Answer<R>()
    state.withLock { state in
      precondition(!state.isEnding, "the thread has ended")
      state.work.append {
        let value = body()
        answer.value.withLock { $0 = value }
        answer.isThere.signal()
      }
    }
    wake.signal()
    answer.isThere.wait()
    guard let value = answer.value.withLock({ $0 }) else { preconditionFailure("no answer") }
    return value
  }

  /// Lets the thread end when its work is done.
  func end() {
    state.withLock { $0.isEnding = true }
    wake.signal()
  }

  private func run() {
    while true {
      wake.wait()
      let (work, isEnding) = state.withLock { state in
        defer { state.work = [] }
        return (state.work, state.isEnding)
      }
      for piece in work { piece() }
      if isEnding { return }
    }
  }
}
