import ProtobufC

extension Compatibility {
  /// What an RPC takes, answers and promises.
  func checkMethod(_ method: ContractMethod, _ now: ContractMethod) {
    let before = method.descriptor
    let after = now.descriptor
    let affected = audience(of: method).sentence()
    let remedy = "put it back; what differs is a new RPC, or the next version of the package"
    func report(_ rule: String) {
      diagnostics.report(now.place, rule, affected: affected, remedy)
    }
    if after.inputType != before.inputType {
      report("\(method.title) takes \(after.inputType), took \(before.inputType)")
    }
    if after.outputType != before.outputType {
      report("\(method.title) answers \(after.outputType), answered \(before.outputType)")
    }
    if after.isClientStreaming != before.isClientStreaming {
      report(
        "\(method.title) takes \(Compatibility.count(after.isClientStreaming)), took "
          + Compatibility.count(before.isClientStreaming))
    }
    if after.isServerStreaming != before.isServerStreaming {
      report(
        "\(method.title) answers \(Compatibility.count(after.isServerStreaming)), answered "
          + Compatibility.count(before.isServerStreaming))
    }
    checkIdempotency(method, now)
  }

  private func checkIdempotency(_ method: ContractMethod, _ now: ContractMethod) {
    let before = method.descriptor.idempotency
    let after = now.descriptor.idempotency
    guard before != after else { return }
    diagnostics.report(
      now.place,
      "the idempotency level of \(method.title) is \(after.words), was \(before.words)",
      affected: after.rawValue == 0 || before == .noSideEffects
        ? "breaks callers of \(method.title), which repeat a call they have no answer to"
        : "breaks servers of the earlier release, which do not expect the repeated calls",
      "put it back; another promise is another RPC")
  }

  /// Who calls an RPC, by whatever way.
  private func audience(of method: ContractMethod) -> Audience {
    Audience(
      methods: [method.title], routes: method.routes.map(\.title),
      channels: method.channel.map { [$0.text("name")] } ?? [])
  }

  private static func count(_ isStream: Bool) -> String { isStream ? "a stream" : "one message" }
}

extension MethodDescriptor.Idempotency {
  /// The level as a contract states it.
  fileprivate var words: String {
    switch self {
    case .unknown: "not stated"
    case .noSideEffects: "NO_SIDE_EFFECTS"
    case .idempotent: "IDEMPOTENT"
    }
  }
}
