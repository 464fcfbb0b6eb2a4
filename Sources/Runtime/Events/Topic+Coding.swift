import Protobuf

extension Topic {
  /// The payload of an event: JSON with the proto file's names, unless told otherwise.
  public func encode(_ event: Event, as contentType: EventContentType = .json) -> [UInt8] {
    switch contentType {
    case .json: event.json(options: Self.encoding)
    case .protobuf: event.serialized()
    }
  }

  /// The event in a payload.
  ///
  /// Fields a newer producer added are ignored.
  ///
  /// - Throws: ``EventDecodingError/invalidPayload(type:reason:)``.
  public func decode(
    _ payload: [UInt8], as contentType: EventContentType
  ) throws(EventDecodingError) -> Event {
    switch contentType {
    case .json:
      do {
        return try Event(json: payload, options: Self.decoding)
      } catch {
        throw .invalidPayload(type: Event.messageName, reason: "\(error)")
      }
    case .protobuf:
      do {
        return try Event(serialized: payload)
      } catch {
        throw .invalidPayload(type: Event.messageName, reason: "\(error)")
      }
    }
  }

  private static var encoding: JSONEncodingOptions {
    var options = JSONEncodingOptions()
    options.preservingProtoFieldNames = true
    return options
  }

  private static var decoding: JSONDecodingOptions {
    var options = JSONDecodingOptions()
    options.ignoreUnknownFields = true
    return options
  }
}
