import ContractRegistry
import Protobuf
import RPC
import Registry
import Testing

/// The descriptors of the platform's contracts lead from each name to a file, and to all it imports.
@Suite struct DescriptorPoolTests {
  private static let registry = AllContracts.registry
  private let index: DescriptorIndex

  init() throws {
    index = try AllContracts.descriptors.index(of: Self.registry.services.map(\.name))
  }

  @Test(
    "whatever a service exchanges is in a file that can be had",
    arguments: registry.rpcs.map(\.fullName))
  func rpcs(name: String) throws {
    let rpc = try Self.registry.rpc(named: name)
    let symbols = [
      rpc.method.service, "\(rpc.method.service).\(rpc.method.method)", rpc.request.messageName,
      rpc.response.messageName,
    ]
    for symbol in symbols {
      let file = try #require(index.file(declaring: symbol), "\(symbol)")
      let files = try #require(index.files(from: file))
      #expect(files.first?.name == file)
      #expect(!files[0].bytes.isEmpty)
    }
  }

  @Test func messagesAndEnums() {
    for name in Self.registry.typeNames { #expect(index.file(declaring: name) != nil, "\(name)") }
  }

  @Test func importsComeAlong() throws {
    let service = "alphintra/trading/v1/trading_service.proto"
    let files = try #require(index.files(from: service)).map(\.name)
    #expect(Set(files).count == files.count)
    #expect(
      Set(files).isSuperset(of: [
        "alphintra/trading/v1/order.proto", "alphintra/type/decimal.proto",
        "google/api/annotations.proto", "google/protobuf/descriptor.proto",
        "google/protobuf/timestamp.proto",
      ]))
  }

  @Test("only what the services asked for are made of")
  func others() throws {
    let auth = try AllContracts.descriptors.index(of: ["alphintra.auth.v1.AuthService"])
    #expect(auth.file(declaring: "alphintra.auth.v1.User") != nil)
    #expect(auth.file(declaring: "alphintra.trading.v1.Order") == nil)
    #expect(auth.files(from: "alphintra/trading/v1/order.proto") == nil)
    let none = try DescriptorPool.empty.index(of: ["alphintra.auth.v1.AuthService"])
    #expect(none.file(declaring: "alphintra.auth.v1.User") == nil)
  }

  @Test("a file that is no descriptor is an error")
  func malformed() {
    #expect(throws: (any Error).self) { try DescriptorPool(["\u{c3}"]).index(of: []) }
  }

  @Test("a character is a byte")
  func bytes() throws {
    // name: "é.proto", of which the é is two bytes.
    let pool = DescriptorPool(["\n\u{8}\u{c3}\u{a9}.proto2\u{3}\n\u{1}S"])
    let index = try pool.index(of: ["S"])
    let files = try #require(index.files(from: "é.proto"))
    #expect(
      files.map(\.bytes) == [[10, 8, 0xC3, 0xA9] + Array(".proto2".utf8) + [3, 10, 1, 0x53]])
  }
}
