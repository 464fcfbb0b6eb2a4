/// A proto package as Swift will show it: everything resolved, nothing left to look up.
struct PackageModel {
  /// The proto package, such as `alphintra.trading.v1`.
  var proto: String
  /// Its module and namespace.
  var name: SwiftPackageName
  /// The files to generate, in the order of their names.
  var files: [FileModel]

  /// The topics of all files, in the order of their names.
  var topics: [TopicModel] {
    files.flatMap { $0.allMessages.compactMap(\.topic) }.sorted { $0.name < $1.name }
  }

  /// The services of all files.
  var services: [ServiceModel] { files.flatMap(\.services) }
}

/// A `.proto` file.
struct FileModel {
  /// The path protoc knows it by.
  var path: String
  var messages: [MessageModel]
  var enums: [EnumModel]
  var services: [ServiceModel]

  /// `trading_service` of `alphintra/trading/v1/trading_service.proto`.
  var stem: String {
    let last = path.split(separator: "/").last.map(String.init) ?? path
    return last.hasSuffix(".proto") ? String(last.dropLast(".proto".count)) : last
  }

  /// The messages with those nested in them, outer before inner.
  var allMessages: [MessageModel] { messages.flatMap(\.withNested) }
}
