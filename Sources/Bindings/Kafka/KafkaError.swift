internal import CRDKafka

/// What went wrong between this process and the broker, or inside the client.
public struct KafkaError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of an error: librdkafka's codes, which include the Kafka protocol's.
  public struct Code: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// The code's number.
    public let rawValue: Int32

    /// The code of a number.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    init(_ error: rd_kafka_resp_err_t) { self.rawValue = error.rawValue }

    /// The name librdkafka gives the code, such as `_ALL_BROKERS_DOWN`.
    public var description: String {
      if self == .closed { return "_CLIENT_CLOSED" }
      return String(cString: rd_kafka_err2name(rd_kafka_resp_err_t(rawValue)))
    }

    /// The client was closed by this process. (Not a code of librdkafka.)
    public static let closed = Code(rawValue: .min)
    /// The broker's address could not be read. (Not a code of librdkafka.)
    public static let noAddress = Code(rawValue: .min + 1)
    /// No broker can be reached now; the client keeps trying.
    public static var allBrokersDown: Code { Code(RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) }
    /// A connection failed; the client keeps trying.
    public static var transport: Code { Code(RD_KAFKA_RESP_ERR__TRANSPORT) }
    /// An answer did not come in time.
    public static var timedOut: Code { Code(RD_KAFKA_RESP_ERR__TIMED_OUT) }
    /// A record was not acknowledged within its delivery timeout.
    ///
    /// It may have been stored.
    public static var deliveryTimedOut: Code { Code(RD_KAFKA_RESP_ERR__MSG_TIMED_OUT) }
    /// A record was given up before it was sent.
    public static var purgedInQueue: Code { Code(RD_KAFKA_RESP_ERR__PURGE_QUEUE) }
    /// A record was given up after it was sent.
    ///
    /// It may have been stored.
    public static var purgedInFlight: Code { Code(RD_KAFKA_RESP_ERR__PURGE_INFLIGHT) }
    /// The client's queue of records is full.
    public static var queueFull: Code { Code(RD_KAFKA_RESP_ERR__QUEUE_FULL) }
    /// The record is larger than the broker or the client allows.
    public static var recordTooLarge: Code { Code(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE) }
    /// The broker has no such topic or partition.
    public static var unknownTopicOrPartition: Code {
      Code(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
    }
    /// The client knows that the cluster has no such topic.
    public static var unknownTopic: Code { Code(RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC) }
    /// The client knows that the topic has no such partition.
    public static var unknownPartition: Code { Code(RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION) }
    /// The topic exists already.
    public static var topicAlreadyExists: Code { Code(RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) }
    /// The broker does not hold the asked offset.
    public static var offsetOutOfRange: Code { Code(RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE) }
    /// There is no offset to read from, and the client was told not to guess one.
    public static var noOffset: Code { Code(RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET) }
    /// The broker does not support what was asked.
    public static var unsupported: Code { Code(RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE) }
    /// The client cannot go on and must be made anew.
    public static var fatal: Code { Code(RD_KAFKA_RESP_ERR__FATAL) }
    /// A property or argument breaks its rule.
    public static var invalidArgument: Code { Code(RD_KAFKA_RESP_ERR__INVALID_ARG) }
    /// The call does not fit the client's state.
    public static var wrongState: Code { Code(RD_KAFKA_RESP_ERR__STATE) }
  }

  /// The kind of the error.
  public let code: Code
  /// A sentence for an operator.
  public let message: String
  /// Whether the client cannot go on and must be made anew.
  public let isFatal: Bool

  /// An error with a message of its own.
  public init(_ code: Code, _ message: String, isFatal: Bool = false) {
    self.code = code
    self.message = message
    self.isFatal = isFatal
  }

  /// An error with librdkafka's sentence for the code, after what was being done.
  init(_ error: rd_kafka_resp_err_t, doing context: String) {
    self.init(Code(error), "\(context): \(String(cString: rd_kafka_err2str(error)))")
  }

  /// The code's name and the sentence.
  public var description: String { "\(code): \(message)" }
}
