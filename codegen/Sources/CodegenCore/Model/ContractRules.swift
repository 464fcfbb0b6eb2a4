/// The rules that no single declaration shows: what may exist only once over all contracts.
struct ContractRules {
  private let packages: [PackageModel]
  private let diagnostics: Diagnostics

  init(_ packages: [PackageModel], _ diagnostics: Diagnostics) {
    self.packages = packages
    self.diagnostics = diagnostics
  }

  func check() {
    let methods = packages.flatMap(\.services).flatMap(\.methods)
    let messages = packages.flatMap(\.files).flatMap(\.allMessages)
    unique(
      methods.flatMap { method in
        method.routes.map { ("\($0.verb) \($0.template.shape)", method.place) }
      },
      rule: { "route \($0) is stated twice" }, remedy: "give one of them another path or verb")
    unique(
      methods.compactMap { method in method.channel.map { ($0.name, method.place) } },
      rule: { "channel \($0) is stated twice" }, remedy: "give one of them another name")
    unique(
      messages.compactMap { message in message.topic.map { ($0.name, message.place) } },
      rule: { "topic \($0) is stated twice" }, remedy: "one topic has one type of event")
    deadLetters(of: messages)
    unique(
      packages.map { ($0.name.namespace, Place(file: $0.files.first?.path ?? "", line: 1)) },
      rule: { "another package is \($0) in Swift too" },
      remedy: "give one of them another name, or state one with the parameter package=")
    // Swift wants the files of a module to differ in name, whatever their folders are.
    unique(
      packages.flatMap { package in
        package.files.map {
          ("\(package.name.namespace)/\($0.stem)", Place(file: $0.path, line: 1))
        }
      },
      rule: { "there are two files \($0)" }, remedy: "give one of them another name")
  }

  /// A dead letter keeps the form of its topic: no other topic's events may lie among them.
  private func deadLetters(of messages: [MessageModel]) {
    let topics = messages.compactMap { message in message.topic.map { ($0, message.place) } }
    let names = Set(topics.map(\.0.name))
    for (topic, place) in topics where names.contains(topic.deadLetterName) {
      diagnostics.report(
        place,
        "\(topic.deadLetterName) takes the dead letters of \(topic.name) and is a topic itself",
        "name another topic in `dead_letter`")
    }
    unique(
      // A topic that is stated twice has been reported.
      Dictionary(topics.map { ($0.0.name, $0) }) { first, _ in first }.values
        .map { ($0.0.deadLetterName, $0.1) }.sorted {
          ($0.1.file, $0.1.line) < ($1.1.file, $1.1.line)
        },
      rule: { "\($0) takes the dead letters of two topics" },
      remedy: "name another topic in `dead_letter`")
  }

  private func unique(
    _ items: [(name: String, place: Place)], rule: (String) -> String, remedy: String
  ) {
    var first: [String: Place] = [:]
    for item in items {
      if let place = first[item.name] {
        diagnostics.report(
          item.place, rule(item.name), "the first is at \(place.file):\(place.line): \(remedy)")
      } else {
        first[item.name] = item.place
      }
    }
  }
}
