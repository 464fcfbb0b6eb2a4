import ProtobufC

extension Compatibility {
  /// Numbers and names of an enum's values.
  func checkValues(
    of type: ContractSet.Named<EnumDescriptor>, _ now: ContractSet.Named<EnumDescriptor>
  ) {
    let name = shortName(type.name)
    let audience = audience[type.name]
    let printed = EnumPrinting(type.descriptor)
    let printedNow = EnumPrinting(now.descriptor)
    var seen: Set<Int32> = []
    for value in type.descriptor.values where seen.insert(value.number).inserted {
      let names = type.descriptor.names(of: value.number)
      let current = now.descriptor.values.filter { $0.number == value.number }
      guard let first = current.first else {
        checkRemoval(of: value.number, names, from: now, audience)
        continue
      }
      let lost = names.filter { name in !current.contains { $0.name == name } }
      if !lost.isEmpty {
        diagnostics.report(
          now.place(first.location),
          "value \(value.number) of \(name) is called "
            + "\(current.map(\.name).joined(separator: " and ")), was "
            + names.joined(separator: " and "),
          affected: audience.sentence(.json),
          "call it \(lost.joined(separator: " and ")) again; a new meaning is a new number")
      } else if let text = printed[value.number], let textNow = printedNow[value.number],
        text != textNow
      {
        diagnostics.report(
          now.place(first.location),
          "JSON prints value \(value.number) of \(name) as \"\(textNow)\", was \"\(text)\"",
          affected: audience.sentence(.json),
          "let \(names[0]) come first of its number, and no other value end like it")
      }
    }
  }

  private func checkRemoval(
    of number: Int32, _ names: [String], from now: ContractSet.Named<EnumDescriptor>,
    _ audience: Audience
  ) {
    if let moved = now.descriptor.values.first(where: { names.contains($0.name) }) {
      diagnostics.report(
        now.place(moved.location), "\(moved.name) has number \(moved.number), was \(number)",
        affected: audience.sentence(.binary),
        "give it number \(number) again, or the new value another name")
      return
    }
    let reserved = now.descriptor.reserved
    let hasNumber = reserved.numbers.contains { $0.contains(number) }
    let openNames = names.filter { !reserved.names.contains($0) }
    guard !hasNumber || !openNames.isEmpty else { return }
    let missing =
      (hasNumber ? [] : ["`reserved \(number);`"]) + openNames.map { "`reserved \"\($0)\";`" }
    diagnostics.report(
      now.place(now.descriptor.location),
      "value \(number) of \(shortName(now.name)), \(names.joined(separator: " and ")), is gone",
      affected: audience.sentence(hasNumber ? .json : openNames.isEmpty ? .binary : .any),
      "put it back marked deprecated, or, once nobody sends or reads it, state "
        + missing.joined(separator: " and "))
  }

  /// What was reserved stays so: old data may still carry it.
  func checkReserved(_ name: String, _ before: Reserved, _ after: Reserved, _ place: Place) {
    let numbers = before.numbers.filter { range in !after.covers(range) }
    let names = before.names.filter { !after.names.contains($0) }
    guard !numbers.isEmpty || !names.isEmpty else { return }
    let lost =
      numbers.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound) to \($0.upperBound)" }
      + names.map { "\"\($0)\"" }
    diagnostics.report(
      place, "\(shortName(name)) no longer reserves \(lost.joined(separator: ", "))",
      affected: "breaks whoever still has data with it, when another field takes it",
      "state `reserved` again")
  }
}

extension Reserved {
  /// Whether every number of a range is reserved, however the ranges are cut.
  fileprivate func covers(_ range: ClosedRange<Int32>) -> Bool {
    var next = Int64(range.lowerBound)
    for known in numbers.sorted(by: { $0.lowerBound < $1.lowerBound })
    where Int64(known.lowerBound) <= next && Int64(known.upperBound) >= next {
      next = Int64(known.upperBound) + 1
    }
    return next > Int64(range.upperBound)
  }
}

extension EnumDescriptor {
  fileprivate func names(of number: Int32) -> [String] {
    values.filter { $0.number == number }.map(\.name)
  }
}

/// The words JSON prints for an enum's numbers.
private struct EnumPrinting {
  private var words: [Int32: String] = [:]

  init(_ type: EnumDescriptor) {
    for (value, name) in zip(type.values, EnumModel.shortNames(of: type))
    where words[value.number] == nil {
      words[value.number] = name
    }
  }

  subscript(number: Int32) -> String? { words[number] }
}
