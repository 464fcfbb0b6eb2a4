import Protobuf
import TestingContract

/// What must hold of any input: it is refused with a reason, or read; what is read round trips.
///
/// A broken promise ends the process, which is what a fuzzer looks for.
public enum Checks {
  typealias Sink = TestingV1.KitchenSink
  typealias Ruled = TestingV1.Ruled

  private static let types = TypeRegistry(TestingV1.messages)
  private static let encoding = JSONEncodingOptions(types: types)
  /// Lists count in JSON and not in the binary form, so more levels may come of a hundred.
  private static let decoding = JSONDecodingOptions(
    maximumDepth: 10 * JSONDecodingOptions.defaultMaximumDepth, types: types)

  /// Reads bytes as a message in binary form; true if they are one.
  public static func binary(_ bytes: UnsafeRawBufferPointer) -> Bool {
    checkRules(of: try? Ruled(serialized: bytes))
    do throws(BinaryDecodingError) {
      check(try Sink(serialized: bytes))
      return true
    } catch {
      precondition(!error.description.isEmpty)
      return false
    }
  }

  private static func check(_ message: Sink) {
    let bytes = message.serialized()
    guard let again = try? Sink(serialized: bytes) else {
      preconditionFailure("what was written is not read")
    }
    precondition(again.serialized().count == bytes.count, "the size changed")
    precondition(again.unknownFields == message.unknownFields, "unknown fields changed")
    let text = message.json(options: encoding)
    precondition(text == again.json(options: encoding), "the message changed")
    guard (try? message.validJSON(options: encoding)) != nil else { return }
    guard let fromJSON = try? Sink(json: text, options: decoding) else {
      preconditionFailure("what was printed is not read")
    }
    precondition(fromJSON.json(options: encoding) == text, "JSON changed the message")
  }

  /// Reads bytes as a message in JSON; true if they are one.
  public static func json(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    checkRules(of: try? Ruled(json: bytes, options: decoding))
    // Both ways of reading: strict, and past what the contract does not know.
    let isRead = read(bytes, JSONDecodingOptions(types: types))
    let isReadLoosely = read(bytes, JSONDecodingOptions(ignoreUnknownFields: true, types: types))
    precondition(isReadLoosely || !isRead, "what is read strictly is not read loosely")
    return isRead
  }

  private static func read(
    _ bytes: UnsafeBufferPointer<UInt8>, _ options: JSONDecodingOptions
  ) -> Bool {
    do throws(JSONDecodingError) {
      let message = try Sink(json: bytes, options: options)
      guard let text = try? message.validJSON(options: encoding) else {
        preconditionFailure("what was read has no JSON form")
      }
      guard let again = try? Sink(json: text, options: options) else {
        preconditionFailure("what was printed is not read")
      }
      precondition(again.json(options: encoding) == text, "the message changed")
      return true
    } catch {
      precondition(error.offset <= bytes.count && !error.description.isEmpty)
      return false
    }
  }

  /// Whatever the values are, each rule they break is named, up to the limit.
  private static func checkRules(of message: Ruled?) {
    guard let violations = message?.ruleViolations() else { return }
    precondition(violations.isEmpty == violations.described.isEmpty)
    precondition(violations.described.count <= Violations.limit)
    for violation in violations.described {
      precondition(!violation.field.isEmpty && !violation.description.isEmpty)
    }
  }
}
