import Foundation
import Yams

/// Reads the manifests that a folder's `kustomization.yaml` names, or all of a file.
///
/// Of kustomize only what `deploy/kubernetes` uses: `resources`, which are files and folders, and `namespace`, which
/// means nothing where there is one platform. Anything else is refused, so that nothing is run in another shape than
/// in a cluster.
enum Kustomization {
  /// A document of a file.
  struct Document {
    let path: String
    let node: Node
  }

  private static let fileName = "kustomization.yaml"
  private static let known: Set = ["apiVersion", "kind", "namespace", "resources"]

  /// The documents at a path, in the order in which they are named, and the files they were read from.
  static func read(_ path: String) throws(ManifestError) -> (documents: [Document], files: [String])
  {
    guard isFolder(path) else { return (try documents(in: path), [path]) }
    let file = "\(path)/\(fileName)"
    let found = try documents(in: file)
    guard found.count == 1, let mapping = found[0].node.mapping,
      mapping["kind"]?.string == "Kustomization"
    else { throw .malformed(path: file, "is no Kustomization") }
    let others = mapping.keys.compactMap(\.string).filter { !known.contains($0) }
    guard others.isEmpty else { throw .notUnderstood(path: file, fields: others.sorted()) }
    var result: (documents: [Document], files: [String]) = ([], [file])
    for resource in mapping["resources"]?.sequence ?? [] {
      guard let name = resource.string else { throw .malformed(path: file, "names no file") }
      let part = try read("\(path)/\(name)")
      result.documents += part.documents
      result.files += part.files
    }
    return result
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }

  private static func documents(in path: String) throws(ManifestError) -> [Document] {
    let text: String
    do {
      text = try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw .unreadable(path: path, error.localizedDescription)
    }
    do {
      let nodes = try compose_all(yaml: text)
      var documents: [Document] = []
      for node in nodes where node.null == nil {
        documents.append(Document(path: path, node: node))
      }
      if let error = nodes.error { throw error }
      return documents
    } catch {
      throw .malformed(path: path, "\(error)")
    }
  }
}
