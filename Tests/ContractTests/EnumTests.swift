import Protobuf
import Testing

/// Every enum of the contracts.
@Suite struct EnumTests {
  @Test("its values have the contract's numbers and names", arguments: AllContracts.packages)
  func values(package: PackageCases) {
    for type in package.enums { expectValues(type.type, type) }
  }

  private func expectValues<E: Enum>(_ type: E.Type, _ expected: EnumCase) {
    #expect(E.enumName == expected.name)
    for value in expected.values {
      let name = "\(expected.name).\(value.name)"
      let known = E(rawValue: value.number)
      #expect(known.rawValue == value.number, "\(name)")
      #expect(E(jsonName: value.jsonName) == known, "\(name) by its JSON name")
      #expect(E(jsonName: value.name) == known, "\(name) by its name")
      if !value.isAlias { #expect(known.jsonName == value.jsonName, "\(name)") }
    }
    #expect(E(jsonName: "NO_SUCH_VALUE") == nil, "\(expected.name)")
  }

  @Test("a number of a newer contract is kept", arguments: AllContracts.packages)
  func unknownNumbers(package: PackageCases) {
    for type in package.enums {
      for number in [Int32.min, 77_777, Int32.max] { expectKept(type.type, number) }
    }
  }

  private func expectKept<E: Enum>(_ type: E.Type, _ number: Int32) {
    #expect(E(rawValue: number).rawValue == number, "\(E.enumName)")
    #expect(E(rawValue: number).jsonName == nil, "\(E.enumName)")
  }
}
