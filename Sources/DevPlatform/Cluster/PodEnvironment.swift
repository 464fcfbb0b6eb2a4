import Foundation

/// What a pod's container is told: pure, but for the files of its volumes.
///
/// Variables are Kubernetes': those of ConfigMaps and Secrets, then its own, `$(NAME)` replaced by what came before.
/// Then what a cluster would do by its network and its mounts is done in the texts: names of Services become addresses,
/// and paths of mounts become folders.
struct PodEnvironment {
  let manifests: Manifests
  /// Where a Service of this platform's stores is, by `name:port`; nil for one that does not run here.
  let endpoints: [String: String?]
  /// The folder in which the Services' addresses are written.
  let directory: String

  /// How a container is run.
  struct Launch: Hashable, Sendable {
    /// The program's path in the image.
    var program: String
    var arguments: [String]
    var variables: [String: String]
    /// Variables that were left out, since what they name does not run here.
    var dropped: [String] = []
  }

  /// Where the folders of the image and of the pod's mounts are on this machine, by their paths in the pod.
  typealias Places = [String: String]

  /// The program of the one image.
  static let entrypoint = "/usr/bin/alphintra"

  /// Works out how a container is run in a pod.
  func launch(
    _ container: Container, pod: String, address: String, places: Places
  ) throws(ManifestError) -> Launch {
    let (variables, dropped) = try variables(container, pod, address)
    var texts = variables.mapValues { localized($0, places) }
    texts["MESH_DIRECTORY"] = directory
    let command = container.command ?? [Self.entrypoint]
    let words = (command + (container.args ?? [])).map { Self.expanded($0, variables) }
    return Launch(
      program: words[0], arguments: words.dropFirst().map { localized($0, places) },
      variables: texts, dropped: dropped)
  }

  private func variables(
    _ container: Container, _ pod: String, _ address: String
  ) throws(ManifestError) -> (values: [String: String], dropped: [String]) {
    var values: [String: String] = [:]
    for source in container.envFrom ?? [] {
      if let reference = source.configMapRef {
        guard let map = manifests.configMaps[reference.name] else {
          throw .missing(what: "ConfigMap", name: reference.name, for: pod)
        }
        values.merge(map) { $1 }
      }
      if let reference = source.secretRef {
        guard let secret = manifests.secrets[reference.name] else {
          throw .missing(what: "Secret", name: reference.name, for: pod)
        }
        values.merge(secret) { $1 }
      }
    }
    for variable in container.env ?? [] {
      if let text = variable.value {
        values[variable.name] = Self.expanded(text, values)
      } else if let source = variable.valueFrom {
        values[variable.name] = try value(source, pod, address)
      } else {
        values[variable.name] = ""
      }
    }
    let dropped = values.keys.filter { names(values[$0] ?? "", of: nil) }.sorted()
    for name in dropped { values[name] = nil }
    return (values, dropped)
  }

  private func value(
    _ source: EnvironmentVariable.Source, _ pod: String, _ address: String
  ) throws(ManifestError) -> String? {
    if let reference = source.secretKeyRef {
      return try entry(of: reference, in: manifests.secrets, "Secret", pod)
    }
    if let reference = source.configMapKeyRef {
      return try entry(of: reference, in: manifests.configMaps, "ConfigMap", pod)
    }
    switch source.fieldRef?.fieldPath {
    case "status.podIP", "status.hostIP": return address
    case "metadata.name": return pod
    case "metadata.namespace": return "default"
    case "spec.nodeName": return ProcessInfo.processInfo.hostName
    case let path: throw .missing(what: "field", name: path ?? "", for: pod)
    }
  }

  private func entry(
    of reference: EnvironmentVariable.KeyReference, in objects: [String: [String: String]],
    _ kind: String, _ pod: String
  ) throws(ManifestError) -> String? {
    if let value = objects[reference.name]?[reference.key] { return value }
    if reference.optional == true { return nil }
    throw .missing(what: kind, name: "\(reference.name) with the key \(reference.key)", for: pod)
  }

  /// Replaces `$(NAME)` by the variable's value, and `$$(NAME)` by `$(NAME)`; a name that is not known stays.
  static func expanded(_ text: String, _ variables: [String: String]) -> String {
    text.replacing(/\$(\$)?\(([A-Za-z_][A-Za-z0-9_]*)\)/) { match in
      if match.output.1 != nil { return String(match.output.0.dropFirst()) }
      return variables[String(match.output.2)] ?? String(match.output.0)
    }
  }

  // MARK: - Names and paths

  private func localized(_ text: String, _ places: Places) -> String {
    if let target = text.wholeMatch(of: /dns:\/\/\/([a-z0-9-]+)(?:\.[a-z0-9.-]+)?:\d+/) {
      let name = String(target.output.1)
      if manifests.services.contains(where: { $0.name == name }) { return name }
    }
    for (path, place) in places where text == path || text.hasPrefix(path + "/") {
      return place + text.dropFirst(path.count)
    }
    var result = text
    for (name, address) in endpoints {
      guard let address else { continue }
      for range in Self.ranges(of: name, in: result).reversed() {
        result.replaceSubrange(range, with: address)
      }
    }
    return result
  }

  /// Whether a text names a Service that does not run here.
  private func names(_ text: String, of address: String?) -> Bool {
    endpoints.contains { $0.value == address && !Self.ranges(of: $0.key, in: text).isEmpty }
  }

  /// Where a `name:port` stands as a whole: neither within a longer name nor before more digits.
  private static func ranges(of name: String, in text: String) -> [Range<String.Index>] {
    text.ranges(of: name).filter { range in
      let before =
        range.lowerBound > text.startIndex ? text[text.index(before: range.lowerBound)] : " "
      let after = range.upperBound < text.endIndex ? text[range.upperBound] : " "
      return !(before.isLetter || before.isNumber || before == "." || before == "-")
        && !after.isNumber
    }
  }
}
