import ContractRegistry
import Foundation
import Protobuf
import Registry
import Testing
import TestingContractRegistry

/// Every RPC that a contract declares is in a registry, with descriptions of all it exchanges; but for what the edge serves
/// to itself, which nobody can call in the mesh.
@Suite struct CoverageTests {
  static let protos = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "protos/alphintra")

  static let registries = [
    ContractRegistry.AllContracts.registry, RPCRegistry([TestingRegistry.contract]),
  ]

  /// The RPCs as the contracts' text states them.
  private static func declared() throws -> Set<String> {
    var names: Set<String> = []
    let paths = FileManager.default.enumerator(atPath: protos.path())
    for case let path as String in paths ?? .init() where path.hasSuffix(".proto") {
      let text = try String(contentsOf: protos.appending(path: path), encoding: .utf8)
      guard let package = text.firstMatch(of: /(?m)^package (\S+);/)?.output.1 else { continue }
      var service = ""
      for line in text.split(separator: "\n") {
        if let match = line.firstMatch(of: /^service (\w+)/) { service = String(match.output.1) }
        if let match = line.firstMatch(of: /^  rpc (\w+)\(/) {
          names.insert("\(package).\(service)/\(match.output.1)")
        }
      }
    }
    return names
  }

  /// The package of what the edge answers itself, for clients of REST.
  private static let edge = "alphintra.gateway."

  @Test func everyRPCIsThere() throws {
    let all = try Self.declared()
    let declared = all.filter { !$0.hasPrefix(Self.edge) }
    #expect(declared.count > 15 && declared.count < all.count)
    let registered = Self.registries.flatMap(\.rpcs).map(\.fullName)
    #expect(Set(registered) == declared)
    #expect(registered.count == declared.count)
  }

  @Test func theToolCarriesNoTestContract() {
    let isForTests = ContractRegistry.AllContracts.registry.services.contains {
      $0.name.contains(".testing.")
    }
    #expect(!isForTests)
  }

  @Test(arguments: registries.flatMap(\.rpcs).map(\.fullName))
  func everythingIsDescribed(name: String) throws {
    let registry = try #require(Self.registries.first { (try? $0.rpc(named: name)) != nil })
    let rpc = try registry.rpc(named: name)
    #expect(!rpc.comment.isEmpty)
    var open = [rpc.request.messageName, rpc.response.messageName]
    var seen: Set<String> = []
    while let type = open.popLast() {
      guard seen.insert(type).inserted, !type.hasPrefix("google.protobuf.") else { continue }
      if let message = registry.message(type) {
        for field in message.fields {
          switch field.type {
          case .message(let inner), .enumeration(let inner): open.append(inner)
          default: break
          }
        }
      } else {
        #expect(registry.enumeration(type) != nil, "\(type) is not described")
      }
    }
  }
}
