import ProtobufC

extension Compatibility {
  /// What was admitted in a request and no longer is; admitting more breaks nobody.
  ///
  /// Answers and events are not checked: who only reads a message is not asked for anything.
  func checkRules(
    of message: ContractSet.Named<MessageDescriptor>, _ now: ContractSet.Named<MessageDescriptor>
  ) {
    let audience = senders[message.name]
    guard audience != Audience(), let before = old.rules[message.name],
      let after = new.rules[now.name]
    else { return }
    let name = shortName(now.name)
    func report(_ location: SourceLocation, _ rule: String) {
      diagnostics.report(
        now.place(location), rule, affected: audience.sentence(),
        "admit what was admitted; if it must be refused, release the contracts anew")
    }
    for field in now.descriptor.fields {
      let earlier = message.descriptor.fields.first { $0.number == field.number }
      let changes = FieldRuleChanges(
        "\(name).\(field.name)", Shape(field, in: now.descriptor),
        earlier == nil ? nil : before[field.number], after[field.number])
      for change in changes.sentences { report(field.location, change) }
    }
    for oneof in after.requiredOneofs
    where !before.requiredOneofs.contains(where: { $0.members.isSubset(of: oneof.members) }) {
      let location = now.descriptor.oneofs.first { $0.name == oneof.name }?.location
      report(
        location ?? now.descriptor.location,
        "a member of \(name).\(oneof.name) is required, was not")
    }
  }
}

/// The rules of a field that became stricter.
private struct FieldRuleChanges {
  private let name: String
  private let shape: Shape
  /// Nil for a new field: nobody has set it so far.
  private let before: OptionMessage?
  private let after: OptionMessage

  init(_ name: String, _ shape: Shape, _ before: OptionMessage?, _ after: OptionMessage) {
    self.name = name
    self.shape = shape
    self.before = before
    self.after = after
  }

  /// What is asked and was not, a sentence each.
  var sentences: [String] {
    guard let before else { return asked }
    let isRequired = after.boolean("required") && !before.boolean("required")
    let required = isRequired ? ["\(name) is required, was not"] : []
    guard shape.cardinality == .singular else { return entries(before) }
    return required
      + ValueRuleChanges(
        name, shape.types[0], hasUnset: shape.isUnsetByDefault, before, after
      ).sentences
  }

  /// What is asked of a new field.
  private var asked: [String] {
    let least = after.integer("min_items")
    return (after.boolean("required") ? ["\(name) is new and required"] : [])
      + (least > 0
        ? ["\(name) is new and needs \(least == 1 ? "an entry" : "\(least) entries")"] : [])
  }

  /// What is asked of a list or a map.
  private func entries(_ before: OptionMessage) -> [String] {
    let isUnique = after.boolean("unique") && !before.boolean("unique")
    let isMap = shape.cardinality == .map
    let counts = CountLimits("min_items", "max_items", of: ("entry", "entries"))
    return counts.narrowed(name, before, after)
      + (isUnique ? ["\(name) has no entry twice, could have"] : [])
      + (isMap ? values("each key", "keys", shape.types[0], before) : [])
      + values(isMap ? "each value" : "each entry", "items", shape.types.last, before)
  }

  private func values(
    _ title: String, _ option: String, _ type: FieldDescriptor?, _ before: OptionMessage
  ) -> [String] {
    guard let type, let after = after.messages(option).last else { return [] }
    let before = before.messages(option).last ?? OptionMessage()
    let isSpecified = after.boolean("required") && !before.boolean("required")
    return (isSpecified ? ["\(title) of \(name) is not 0, could be"] : [])
      + ValueRuleChanges("\(title) of \(name)", type, hasUnset: false, before, after).sentences
  }
}

/// A lower and an upper limit of a count, of which 0 stands for none.
struct CountLimits {
  private let least: String
  private let most: String
  private let unit: (one: String, many: String)

  /// The limits that two rules state, of what is counted.
  init(_ least: String, _ most: String, of unit: (one: String, many: String)) {
    self.least = least
    self.most = most
    self.unit = unit
  }

  /// The limits that became narrower, a sentence each; a lower limit up to `free` asks for nothing.
  func narrowed(
    _ name: String, _ before: OptionMessage, _ after: OptionMessage, free: Int64 = 0
  ) -> [String] {
    func count(_ number: Int64) -> String { "\(number) \(number == 1 ? unit.one : unit.many)" }
    var sentences: [String] = []
    let (least, leastBefore) = (after.integer(least), before.integer(least))
    if least > max(leastBefore, free) {
      let earlier = leastBefore == 0 ? "any number" : "at least \(leastBefore)"
      sentences.append("\(name) has at least \(count(least)), had \(earlier)")
    }
    let (most, mostBefore) = (after.integer(most), before.integer(most))
    if most > 0, mostBefore == 0 || most < mostBefore {
      let earlier = mostBefore == 0 ? "any number" : "at most \(mostBefore)"
      sentences.append("\(name) has at most \(count(most)), had \(earlier)")
    }
    return sentences
  }
}
