internal import NIOCore
internal import NIOHTTP1
internal import TLS
internal import TLSChannel

/// The handlers of a connection, from the socket up.
enum EdgePipeline {
  static func configure(
    _ channel: any NIOCore.Channel, _ edge: Edge, _ context: TLSContext
  ) throws {
    let encoder = HTTPResponseEncoder()
    let decoder = ByteToMessageHandler(
      HTTPRequestDecoder(
        leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits(edge.limits)),
      // Behind a request for another protocol it only collects.
      maximumBufferSize: edge.limits.earlyBytes)
    let pipelining = HTTPServerPipelineHandler()
    let arrival = ByteArrivalHandler()
    let upgrader = WebSocketUpgrader(
      readers: [arrival, pipelining, decoder], writer: encoder, limits: edge.limits.webSocket
    ) { admission, loop in WebSocketSession(edge, admission, on: loop) }
    let connection = HTTPConnectionHandler(edge, upgrader: upgrader)
    arrival.connection = connection
    let pipeline = channel.pipeline.syncOperations
    // Ciphertext below, plaintext above.
    try pipeline.addHandler(TLSHandler(context))
    // Sees bytes before the parser does: a slow head is timed from its first byte.
    try pipeline.addHandler(arrival)
    // Parses within the limits.
    try pipeline.addHandler(encoder)
    try pipeline.addHandler(decoder)
    // One request at a time, in order.
    try pipeline.addHandler(pipelining)
    try pipeline.addHandler(connection)
  }

  private static func limits(_ limits: GatewayLimits) -> NIOHTTPDecoderLimitConfiguration {
    var configuration = NIOHTTPDecoderLimitConfiguration()
    configuration.maxHeaderFieldSize = limits.headerFieldBytes
    configuration.maxHeaderListSize = limits.headerListBytes
    configuration.maxHeaderFieldCount = limits.headerFields
    return configuration
  }
}
