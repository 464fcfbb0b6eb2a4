import Foundation
import Kafka
import Testing

@Suite struct KafkaBrokersTests {
  @Test(arguments: ["127.0.0.1:9092", "a:1,b:2", "[::1]:9092"])
  func aListIsTakenAsItIs(text: String) throws {
    let brokers = try KafkaBrokers(text)
    #expect(try brokers.resolve() == text)
    #expect(brokers.description == text)
  }

  @Test(arguments: ["", "localhost", ":9092", "a:0", "a:65536", "a:1,", "a:1, b:2", "file:x"])
  func whatIsNoListIsRefused(text: String) {
    #expect {
      try KafkaBrokers(text)
    } throws: { error in
      (error as? KafkaError)?.code == .invalidArgument && "\(error)".contains("\"\(text)\"")
    }
  }

  @Test func aFileIsReadEachTime() throws {
    let path = FileManager.default.temporaryDirectory
      .appending(path: "brokers-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let brokers = try KafkaBrokers("file:\(path)")
    #expect { try brokers.resolve() } throws: { ($0 as? KafkaError)?.code == .noAddress }
    try Data("127.0.0.1:1\n".utf8).write(to: URL(fileURLWithPath: path))
    #expect(try brokers.resolve() == "127.0.0.1:1")
    try Data("127.0.0.1:2\n".utf8).write(to: URL(fileURLWithPath: path))
    #expect(try brokers.resolve() == "127.0.0.1:2")
    try Data("nonsense\n".utf8).write(to: URL(fileURLWithPath: path))
    #expect { try brokers.resolve() } throws: { ($0 as? KafkaError)?.code == .invalidArgument }
  }
}
