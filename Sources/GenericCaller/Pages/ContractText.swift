import RPC
import Registry

/// Who may call an RPC, in words.
enum AccessText {
  static func callers(of rpc: RPCDescription) -> String {
    switch rpc.method.access.callers {
    case .anyone: "anyone"
    case .mesh: "every service"
    case .services(let names): names.joined(separator: ", ")
    }
  }

  static func user(of rpc: RPCDescription) -> String {
    switch rpc.method.access.user {
    case .none: "no user is needed"
    case .required(let roles, let scopes, let assurance):
      [
        roles.isEmpty ? "any user" : "a user with the role \(roles.joined(separator: " or "))",
        scopes.isEmpty ? nil : "a token with \(scopes.joined(separator: " and "))",
        assurance == .multiFactor ? "two factors" : nil,
      ].compactMap(\.self).joined(separator: ", ")
    }
  }
}

/// What may be repeated, in words.
enum RepetitionText {
  static func text(_ rpc: RPCDescription) -> String {
    switch rpc.method.idempotency {
    case .unknown: "may take effect again"
    case .idempotent: "has the effect of one call"
    case .noSideEffects: "safe: the call changes nothing"
    }
  }

  /// What to do when it is not known whether a call took effect.
  static func advice(_ rpc: RPCDescription) -> String {
    switch rpc.method.idempotency {
    case .unknown: "It may have taken effect: look before you repeat it."
    case .idempotent: "It may have taken effect; a repetition has no further one."
    case .noSideEffects: "It changes nothing and can be repeated."
    }
  }
}

/// What an overloaded service does with calls, in words.
enum OverloadText {
  static func text(_ criticality: Criticality) -> String {
    switch criticality {
    case .criticalPlus: "critical plus: given up last"
    case .critical: "critical: given up after all that is sheddable"
    case .sheddablePlus: "sheddable plus: may be given up for minutes"
    case .sheddable: "sheddable: given up first"
    }
  }
}

/// Times as a person writes them.
enum DurationText {
  static func text(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
    return milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds) ms"
  }
}

/// Call kinds in words.
enum KindText {
  static func text(_ kind: CallKind) -> String {
    switch kind {
    case .unary: "unary: one request, one response"
    case .clientStreaming: "client streaming: many requests, one response"
    case .serverStreaming: "server streaming: one request, many responses"
    case .bidirectionalStreaming: "bidirectional: many requests, many responses"
    }
  }
}

/// Types as contracts write them.
enum TypeText {
  static func text(_ field: FieldDescription) -> String {
    let value = text(field.type)
    return switch field.cardinality {
    case .single, .oneof: value
    case .optional: "optional \(value)"
    case .repeated: "repeated \(value)"
    case .map(let key): "map<\(text(key)), \(value)>"
    }
  }

  static func text(_ type: FieldDescription.ValueType) -> String {
    switch type {
    case .decimal: "Decimal"
    case .enumeration(let name), .message(let name): short(name)
    default: "\(type)"
    }
  }

  /// A name without its package.
  static func short(_ name: String) -> String {
    name.split(separator: ".").last.map(String.init) ?? name
  }
}
