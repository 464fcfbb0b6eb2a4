import Core
import Events
import MarketDataContract
import MarketDataDomain
import Protobuf

extension Tick {
  /// The event's id: made of what is stored, so that a tick published again is the same event.
  var eventID: EventID {
    var random = SplitMix64(seed: 0, quote.symbol.fingerprint, UInt64(quote.sequence))
    return EventID(UUIDv7.make(now: publishedAt, random: &random))
  }

  /// The tick as an event of the feed.
  func envelope(from service: String) -> EventEnvelope<MarketDataV1.MarketDataEvent> {
    let id = eventID
    let event = MarketDataV1.MarketDataEvent.with {
      $0.eventID = id.rawValue
      $0.symbol = quote.symbol.rawValue
      $0.sequence = quote.sequence
      $0.quote = message
    }
    return EventEnvelope(
      key: quote.symbol.rawValue,
      headers: EventHeaders(
        eventID: id, eventType: MarketDataV1.MarketDataEvent.messageName, occurredAt: publishedAt,
        producer: service, sequence: quote.sequence),
      event: event)
  }
}
