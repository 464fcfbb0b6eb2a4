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
    unique(methods.flatMap { method in method.routes.map { (route($0), method.place) } }) {
      "\($0) is stated twice"
    } remedy: {
      "the first is at \($0): give one of them another path or verb"
    }
    unique(methods.compactMap { method in method.channel.map { ($0.name, method.place) } }) {
      "channel \($0) is stated twice"
    } remedy: {
      "the first is at \($0): give one of them another name"
    }
    unique(
      packages.flatMap(\.files).flatMap(\.allMessages).compactMap { message in
        message.topic.map { ($0.name, message.place) }
      }
    ) {
      "topic \($0) is stated twice"
    } remedy: {
      "the first is at \($0): one topic has one type of event"
    }
    unique(
      packages.flatMap { package in
        package.files.map {
          (
            "\(package.name.module)/\($0.stem) of \(version(package))",
            Place(file: $0.path, line: 1)
          )
        }
      }
    ) {
      "module \($0) comes from two files"
    } remedy: {
      "the first is \($0): give one of them another name"
    }
  }

  private func route(_ route: RouteModel) -> String {
    "route \(route.verb) \(route.template.shape)"
  }

  private func version(_ package: PackageModel) -> String {
    package.proto.split(separator: ".").last.map(String.init) ?? ""
  }

  private func unique(
    _ items: [(name: String, place: Place)], rule: (String) -> String, remedy: (String) -> String
  ) {
    var first: [String: Place] = [:]
    for item in items {
      if let place = first[item.name] {
        diagnostics.report(item.place, rule(item.name), remedy("\(place.file):\(place.line)"))
      } else {
        first[item.name] = item.place
      }
    }
  }
}
