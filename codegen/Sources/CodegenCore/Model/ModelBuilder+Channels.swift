import ProtobufC

extension ModelBuilder {
  /// The WebSocket channel of an RPC.
  func channel(of method: MethodModel, _ option: OptionMessage) -> ChannelModel? {
    let problems = diagnostics.all.count
    if method.kind != .serverStreaming {
      diagnostics.report(
        method.place, "\(method.proto) has a channel but is not server-streaming",
        "answer with `returns (stream …)` and take one request, or drop the channel")
    }
    let name = option.text("name")
    if name.isEmpty {
      diagnostics.report(
        method.place, "the channel of \(method.proto) has no name", "state `name`")
    }
    guard let request = message(method.request.proto), let response = message(method.response.proto)
    else {
      diagnostics.report(
        method.place, "the channel of \(method.proto) exchanges messages that are not ours",
        "declare a request and a response message")
      return nil
    }
    let keys = option.texts("keys").compactMap {
      field($0, of: request, "key", method) { isParameter($0) }
    }
    let snapshot = field(option.text("snapshot"), of: response, "snapshot", method, isMessage)
    let update = field(option.text("update"), of: response, "update", method, isMessage)
    let sequence = field(option.text("sequence"), of: response, "sequence", method) {
      $0.value == .scalar(.int64) && $0.cardinality == .implicit
    }
    let conflateBy = conflateBy(of: method, option, update)
    let conflation = milliseconds("conflate_ms", of: method, option)
    let heartbeat = milliseconds("heartbeat_ms", of: method, option)
    guard let snapshot, let update, let sequence, diagnostics.all.count == problems else {
      return nil
    }
    return ChannelModel(
      name: name, keys: keys, snapshot: snapshot, update: update, sequence: sequence,
      responseOneofs: response.oneofs, conflateBy: conflateBy, conflateMilliseconds: conflation,
      heartbeatMilliseconds: heartbeat)
  }

  /// A time of a channel; nil where none is stated.
  private func milliseconds(
    _ name: String, of method: MethodModel, _ option: OptionMessage
  ) -> Int64? {
    guard option.fields[name] != nil else { return nil }
    let time = option.integer(name)
    if time < 1 {
      diagnostics.report(
        method.place, "\(name) of the channel of \(method.proto) is \(time)",
        "state a positive number, or drop it")
    }
    return time
  }

  private func conflateBy(
    of method: MethodModel, _ option: OptionMessage, _ update: FieldModel?
  ) -> FieldModel? {
    let name = option.text("conflate_by")
    guard option.enumeration("overflow") == "OVERFLOW_CONFLATE" else {
      for what in ["conflate_by", "conflate_ms"] where option.fields[what] != nil {
        diagnostics.report(
          method.place, "the channel of \(method.proto) states \(what) but does not conflate",
          "state `overflow: OVERFLOW_CONFLATE`, or drop `\(what)`")
      }
      return nil
    }
    guard case .message(let type)? = update?.value, let message = message(type.proto) else {
      return nil
    }
    return field(name, of: message, "conflate_by", method) {
      $0.value == .scalar(.string) && $0.cardinality == .implicit
    }
  }

  private func field(
    _ name: String, of message: MessageModel, _ role: String, _ method: MethodModel,
    _ isFit: (FieldModel) -> Bool
  ) -> FieldModel? {
    let needed =
      switch role {
      case "key": "a plain field"
      case "sequence": "a singular int64 field"
      case "conflate_by": "a singular string field"
      default: "a singular message field"
      }
    guard let field = message.field(name) else {
      diagnostics.report(
        method.place,
        "the channel of \(method.proto) names \"\(name)\" as \(role), which \(message.name) does not have",
        "name \(needed) of \(message.name)")
      return nil
    }
    guard isFit(field) else {
      diagnostics.report(
        method.place,
        "the channel of \(method.proto) names \"\(name)\" as \(role), which is not \(needed)",
        "name \(needed) of \(message.name)")
      return nil
    }
    return field
  }

  private func isMessage(_ field: FieldModel) -> Bool {
    guard case .message = field.value else { return false }
    switch field.cardinality {
    case .explicit, .oneof: return true
    case .implicit, .repeated, .map: return false
    }
  }
}
