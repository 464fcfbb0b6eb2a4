import RPC
import Testing

@testable import GenericCaller

/// Deadlines and metadata as a command line writes them.
@Suite struct CallTextTests {
  @Test(arguments: [
    ("1ms", Duration.milliseconds(1)), ("500ms", .milliseconds(500)), ("2s", .seconds(2)),
    ("1.5s", .milliseconds(1500)), ("10m", .seconds(600)), ("24h", .seconds(86_400)),
  ])
  func aDeadline(text: String, deadline: Duration) {
    #expect(CallText.deadline(text) == deadline)
  }

  @Test(arguments: [
    "", "2", "s", "-2s", "0s", "2 s", "2sec", "25h", "1e3s", "..s", "0.1ms", "٣s", "1.2.3s",
    "99999999999999999999h",
  ])
  func noDeadline(text: String) {
    #expect(CallText.deadline(text) == nil)
  }

  @Test func metadata() throws {
    var metadata = Metadata()
    try CallText.add("x-one=1", to: &metadata)
    try CallText.add("X-Two=a=b", to: &metadata)
    try CallText.add("x-empty=", to: &metadata)
    try CallText.add("x-three-bin=AQID", to: &metadata)
    try CallText.add("x-four-bin=AQ", to: &metadata)
    #expect(metadata["x-one"] == "1")
    #expect(metadata["x-two"] == "a=b")
    #expect(metadata["x-empty"]?.isEmpty == true)
    #expect(metadata[bytes: "x-three-bin"] == [1, 2, 3])
    #expect(metadata[bytes: "x-four-bin"] == [1])
  }

  @Test(arguments: [
    ("x", "metadata is name=value, got \"x\""), ("=x", "metadata is name=value"),
    ("x-bin=?", "the value of x-bin is base64, got \"?\""), ("grpc-status=0", "the protocol uses"),
    ("x y=0", "a name consists of"), ("x=ä", "printable ASCII"),
  ])
  func wrongMetadata(text: String, explanation: String) throws {
    var metadata = Metadata()
    let error = try #require(throws: CallFailure.self) {
      try CallText.add(text, to: &metadata)
    }
    #expect(error.description.contains(explanation), "\(error)")
    #expect(error.exitStatus == ExitStatus.usage)
    #expect(metadata.isEmpty)
  }
}
