import ConformanceMessages
import Protobuf

/// What our codec makes of one request of the suite.
struct Answer {
  private typealias Result = Conformance.ConformanceResponse.Result
  private typealias TestMessage = TestMessages.TestAllTypesProto3

  private let request: Conformance.ConformanceRequest
  /// The types that the suite puts into an `Any`.
  private let types = TypeRegistry(TestMessages.messages)

  init(to request: Conformance.ConformanceRequest) { self.request = request }

  var response: Conformance.ConformanceResponse { .with { $0.result = result } }

  private var result: Result {
    // The suite first asks for the tests that are known to fail: there are none.
    if request.messageType == Conformance.FailureSet.messageName {
      return .protobufPayload(Conformance.FailureSet().serialized())
    }
    guard request.messageType == TestMessage.messageName else {
      return .skipped("no messages of \(request.messageType): the language is proto3")
    }
    switch request.payload {
    case .protobufPayload(let bytes):
      do throws(BinaryDecodingError) {
        return print(try TestMessage(serialized: bytes))
      } catch {
        return .parseError(error.description)
      }
    case .jsonPayload(let text):
      let options = JSONDecodingOptions(
        ignoreUnknownFields: request.testCategory == .jsonIgnoreUnknownParsingTest, types: types)
      do throws(JSONDecodingError) {
        return print(try TestMessage(json: text, options: options))
      } catch {
        return .parseError(error.description)
      }
    case .jspbPayload: return .skipped("JSPB is internal to its maker")
    case .textPayload: return .skipped("no text format")
    case nil: return .runtimeError("a request without a payload")
    }
  }

  private func print(_ message: TestMessage) -> Result {
    switch request.requestedOutputFormat {
    case .protobuf: return .protobufPayload(message.serialized())
    case .json:
      do throws(JSONEncodingError) {
        let text = try message.validJSON(options: JSONEncodingOptions(types: types))
        return .jsonPayload(String(decoding: text, as: UTF8.self))
      } catch {
        return .serializeError(error.description)
      }
    case .jspb: return .skipped("JSPB is internal to its maker")
    case .textFormat: return .skipped("no text format")
    case .unspecified, .unrecognized: return .runtimeError("a request without an output format")
    }
  }
}
