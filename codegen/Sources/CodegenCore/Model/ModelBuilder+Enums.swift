import ProtobufC

extension ModelBuilder {
  /// The model of an enum; nil for one the generator has no name for.
  func enumeration(_ type: EnumDescriptor, _ name: String, _ file: FileDescriptor) -> EnumModel? {
    guard let reference = types[name] else { return nil }
    let shortNames = EnumModel.shortNames(of: type)
    var names = UniqueNames()
    var first: [Int32: String] = [:]
    let values = zip(type.values, shortNames).map { value, shortName in
      // A case cannot begin with a digit: it then keeps the name of the type.
      let stem = shortName.first?.isNumber == true ? value.name : shortName
      let caseName = names.claim(
        SwiftName.enumCase(stem), avoiding: ReservedNames.cases, suffix: "_")
      defer { if first[value.number] == nil { first[value.number] = caseName } }
      return EnumValueModel(
        protoName: value.name, shortName: shortName, name: caseName, number: value.number,
        aliased: first[value.number],
        comment: DocComment(value.location, isDeprecated: value.isDeprecated))
    }
    return EnumModel(
      type: reference, comment: DocComment(type.location, isDeprecated: type.isDeprecated),
      values: values)
  }
}

extension EnumModel {
  /// What JSON prints: the values' names without the type's; whole where two would become the same.
  static func shortNames(of type: EnumDescriptor) -> [String] {
    let short = type.values.map { SwiftName.withoutPrefix($0.name, ofEnum: type.name) ?? $0.name }
    var uses: [String: Int] = [:]
    for name in short { uses[name, default: 0] += 1 }
    return zip(type.values, short).map { uses[$1] == 1 ? $1 : $0.name }
  }
}
