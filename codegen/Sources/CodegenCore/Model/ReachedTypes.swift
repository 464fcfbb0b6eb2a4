import ProtobufC

/// The messages and enums that the RPCs of a package can carry, those of other packages among them.
struct ReachedTypes {
  /// By name; without the runtime's own, which have no model.
  private(set) var messages: [MessageModel] = []
  /// By name.
  private(set) var enums: [EnumModel] = []

  init(_ package: PackageModel, _ types: TypeIndex) {
    var names: Set<String> = []
    var open = package.services.flatMap(\.methods).flatMap { [$0.request, $0.response] }
    while let type = open.popLast() {
      guard names.insert(type.proto).inserted else { continue }
      if let message = types.message(type) {
        messages.append(message)
        for field in message.fields {
          switch field.value {
          case .message(let type), .enumeration(let type, _): open.append(type)
          case .scalar, .decimal: break
          }
        }
      } else if let type = types.enumeration(type) {
        enums.append(type)
      }
    }
    messages.sort { $0.type.proto < $1.type.proto }
    enums.sort { $0.type.proto < $1.type.proto }
  }
}
