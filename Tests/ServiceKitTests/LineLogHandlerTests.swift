import Foundation
import Logging
import Observability
import Testing

@Suite struct LineLogHandlerTests {
  /// What a logger wrote, line by line.
  private func lines(
    _ format: LogFormat, colours: Bool = false, level: Logger.Level = .info,
    cloudProject: String? = nil,
    _ body: (Logger) -> Void
  ) throws -> [String] {
    let pipe = Pipe()
    var logger = Logger(label: "trading") {
      LineLogHandler(
        label: $0, level: level, format: format,
        output: LogOutput(descriptor: pipe.fileHandleForWriting.fileDescriptor), colours: colours,
        cloudProject: cloudProject, metadataProvider: LogContext.metadataProvider())
    }
    logger[metadataKey: "service"] = "trading"
    body(logger)
    try pipe.fileHandleForWriting.close()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  private func object(_ line: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
  }

  @Test func eachJSONLineIsAnObjectWithItsFields() throws {
    let lines = try lines(.json) { logger in
      LogContext.$correlationID.withValue("c-42") {
        logger.warning(
          "order \"rejected\"\n\u{1}é", metadata: ["order": "o-1", "legs": ["a", ["n": "1"]]])
      }
      logger.info("plain", metadata: ["time": "shadow"])
    }
    #expect(lines.count == 2)
    let first = try object(lines[0])
    #expect(first["severity"] as? String == "WARNING")
    #expect(first["message"] as? String == "order \"rejected\"\n\u{1}é")
    #expect(first["logger"] as? String == "trading")
    #expect(first["service"] as? String == "trading")
    #expect(first["correlation_id"] as? String == "c-42")
    #expect(first["order"] as? String == "o-1")
    #expect((first["legs"] as? [Any])?.count == 2)
    let second = try object(lines[1])
    #expect(second["correlation_id"] == nil)
    #expect(second["time_"] as? String == "shadow")
    #expect((second["time"] as? String)?.hasSuffix("Z") == true)
  }

  @Test func aLineNamesItsTrace() throws {
    let span = SpanContext.root()
    let ids = ["trace_id": span.traceID.description, "span_id": span.spanID.description]
    let json = try lines(.json) { logger in
      ActiveSpan.$current.withValue(ActiveSpan(span)) { logger.info("inside") }
      logger.info("outside")
    }
    let (inside, outside) = (try object(json[0]), try object(json[1]))
    for (name, id) in ids {
      #expect(inside[name] as? String == id)
      #expect(outside[name] == nil)
    }
    let text = try lines(.text) { logger in
      LogContext.$correlationID.withValue("c-42") {
        ActiveSpan.$current.withValue(ActiveSpan(span)) { logger.info("inside") }
      }
    }
    for field in ["correlation_id=c-42"] + ids.map({ "\($0)=\($1)" }) {
      #expect(text[0].contains(field))
    }
  }

  @Test func aProjectOfGoogleCloudFindsItsTraces() throws {
    let span = SpanContext.root()
    for project in ["alphintra-prod", nil] {
      let lines = try lines(.json, cloudProject: project) { logger in
        ActiveSpan.$current.withValue(ActiveSpan(span)) { logger.info("inside") }
        logger.info("outside")
      }
      let (inside, outside) = (try object(lines[0]), try object(lines[1]))
      #expect(
        inside["logging.googleapis.com/trace"] as? String
          == project.map { "projects/\($0)/traces/\(span.traceID)" })
      #expect(
        inside["logging.googleapis.com/spanId"] as? String
          == project.map { _ in span.spanID.description })
      #expect(inside["trace_id"] as? String == span.traceID.description)
      #expect(outside["logging.googleapis.com/trace"] == nil)
    }
  }

  @Test func theCallAtHandSaysWhatTheTaskDoesNot() {
    let (own, calls) = (SpanContext.root(), SpanContext.root())
    let provider = LogContext.metadataProvider {
      .init(correlationID: "call", span: calls)
    }
    #expect(provider.get()["correlation_id"] == "call")
    ActiveSpan.$current.withValue(ActiveSpan(own)) {
      #expect(provider.get()["correlation_id"] == "call")
      #expect(provider.get()["trace_id"] == .string(own.traceID.description))
    }
    LogContext.$correlationID.withValue("task") {
      #expect(provider.get()["correlation_id"] == "task")
      #expect(provider.get()["span_id"] == .string(calls.spanID.description))
    }
  }

  @Test(arguments: [LogFormat.json, .text])
  func secretsAreHidden(format: LogFormat) throws {
    struct Failure: Error { let connection = "host=db password=canary7 user=u" }
    let token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjYW5hcnk4In0.canary9"
    let lines = try lines(format) { logger in
      logger.info(
        "token \(token) sent",
        metadata: [
          "password": "canary1", "db.password": "canary2", "access_token": "canary3",
          "headers": ["authorization": "Bearer canary4", "accept": "x"], "Cookie": "canary5",
          "note": "Bearer \(token), and more", "tokens": "12", "user": "u-1",
        ])
      logger.error("failed", error: Failure())
    }
    let text = lines.joined(separator: "\n")
    #expect(!text.contains("canary"))
    #expect(text.contains("(hidden)"))
    #expect(text.contains("12"))
    #expect(text.contains("u-1"))
    #expect(text.contains("and more"))
    #expect(text.contains("user=u"))
  }

  @Test func aTextLineIsOneLineAndReadable() throws {
    let lines = try lines(.text) { logger in
      logger.info("two\nlines\u{1b}[2J", metadata: ["a": "x y", "b": "z"])
      logger.debug("not written")
    }
    #expect(lines.count == 1)
    let line = try #require(lines.first)
    #expect(line.contains("INFO  trading two\\nlines\\u{1B}[2J a=\"x y\" b=z"))
    #expect(!line.contains("\u{1b}"))
  }

  @Test func coloursAreAskedFor() throws {
    let lines = try lines(.text, colours: true) { $0.error("bad") }
    #expect(lines.first?.contains("\u{1b}[1;31mERROR\u{1b}[0m") == true)
  }
}
