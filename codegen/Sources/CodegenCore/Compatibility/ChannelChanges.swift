import ProtobufC

extension Compatibility {
  /// A WebSocket channel: its name, what selects a stream, and how its messages are read.
  func checkChannel(_ channel: OptionMessage, of method: ContractMethod, _ place: Place) {
    let name = channel.text("name")
    let affected = "breaks WebSocket clients of channel \(name)"
    guard
      let owner = new.methods.first(where: { $0.channel?.text("name") == name }),
      let current = owner.channel
    else {
      diagnostics.report(
        place, "channel \(name) is gone", affected: affected,
        "put it back; an RPC beside it can have another channel")
      return
    }
    func report(_ rule: String, _ remedy: String) {
      diagnostics.report(owner.place, rule, affected: affected, remedy)
    }
    if owner.name != method.name,
      owner.descriptor.inputType != method.descriptor.inputType
        || owner.descriptor.outputType != method.descriptor.outputType
    {
      report(
        "channel \(name) is \(owner.title), was \(method.title)",
        "let it exchange \(method.descriptor.inputType) and \(method.descriptor.outputType)")
      return
    }
    let keys = current.texts("keys")
    let lost = channel.texts("keys").filter { !keys.contains($0) }
    if !lost.isEmpty {
      report(
        "channel \(name) is no longer selected by \(lost.joined(separator: ", "))",
        "state these `keys` again")
    }
    for part in ["snapshot", "update", "sequence", "conflate_by"]
    where current.text(part) != channel.text(part) {
      report(
        "the \(part) of channel \(name) is \(named(current.text(part))), was "
          + named(channel.text(part)), "name the same field")
    }
    if current.integer("heartbeat_ms") == 0, channel.integer("heartbeat_ms") != 0 {
      report(
        "channel \(name) no longer sends heartbeats",
        "clients without one believe the connection dead: state `heartbeat_ms` again")
    }
    if overflow(current) != overflow(channel) {
      report(
        "channel \(name) states \(overflow(current)), stated \(overflow(channel))",
        overflow(channel) == "OVERFLOW_DISCONNECT"
          ? "clients rely on every update: offer a second channel that conflates"
          : "slow clients rely on staying connected: offer a second channel that loses nothing")
    }
  }

  private func overflow(_ channel: OptionMessage) -> String {
    let stated = channel.enumeration("overflow")
    return stated.isEmpty || stated == "OVERFLOW_UNSPECIFIED" ? "OVERFLOW_DISCONNECT" : stated
  }
}

/// A name in quotes; none without them.
func named(_ name: String) -> String { name.isEmpty ? "none" : "\"\(name)\"" }
