import Certificates
import Foundation

/// The files of pods' volumes, as links and copies in a folder of each pod.
struct PodFiles: Sendable {
  /// The folder of all pods.
  let folder: String
  let certificates: PlatformCertificates
  /// The file of the operator's password.
  let operatorPassword: String

  /// Where a container's mounts are, by their paths in the pod.
  func places(of container: Container, pod: String) -> PodEnvironment.Places {
    Dictionary(
      (container.volumeMounts ?? []).map { ($0.mountPath, "\(folder)/\(pod)/\($0.name)") },
      uniquingKeysWith: { $1 })
  }

  /// Lays out a pod's volumes.
  func prepare(
    _ pod: String, _ spec: PodSpec, _ container: Container, _ manifests: Manifests
  ) throws(ManifestError) {
    for mount in container.volumeMounts ?? [] {
      guard let volume = spec.volumes?.first(where: { $0.name == mount.name }) else {
        throw .missing(what: "volume", name: mount.name, for: pod)
      }
      let place = "\(folder)/\(pod)/\(volume.name)"
      do {
        try? FileManager.default.removeItem(atPath: place)
        try FileManager.default.createDirectory(
          atPath: place, withIntermediateDirectories: true,
          attributes: [.posixPermissions: 0o700])
        try fill(place, volume, pod, manifests)
      } catch let error as ManifestError {
        throw error
      } catch {
        throw .unreadable(path: place, error.localizedDescription)
      }
    }
  }

  /// Removes what a pod had.
  func remove(_ pod: String) {
    try? FileManager.default.removeItem(atPath: "\(folder)/\(pod)")
  }

  private func fill(
    _ place: String, _ volume: Volume, _ pod: String, _ manifests: Manifests
  ) throws {
    if let secret = volume.secret {
      if let entries = manifests.secrets[secret.secretName] {
        for (name, text) in entries { try PrivateFile.write(text, to: "\(place)/\(name)") }
      } else if let files = developmentSecret(secret.secretName) {
        // Links, so that certificates that are issued anew arrive, as in a mounted secret.
        for (name, path) in files {
          try FileManager.default.createSymbolicLink(
            atPath: "\(place)/\(name)", withDestinationPath: path)
        }
      } else {
        throw ManifestError.missing(what: "Secret", name: secret.secretName, for: pod)
      }
    } else if let map = volume.configMap {
      guard let entries = manifests.configMaps[map.name] else {
        throw ManifestError.missing(what: "ConfigMap", name: map.name, for: pod)
      }
      for (name, text) in entries { try PrivateFile.write(text, to: "\(place)/\(name)") }
    }
  }

  /// What a cluster's operator brings and no manifest holds: from the authority of development, and drawn for this
  /// machine.
  private func developmentSecret(_ name: String) -> [String: String]? {
    if name == "auth-signing-key" { return ["signing.key": certificates.signingKeyPath] }
    if name == "operator-account" { return ["password": operatorPassword] }
    guard name.hasSuffix("-tls") else { return nil }
    let member = String(name.dropLast("-tls".count))
    guard PlatformCertificates.members.contains(member) || member == "edge" else { return nil }
    return [
      "tls.crt": certificates.folder.certificatePath(of: member),
      "tls.key": certificates.folder.privateKeyPath(of: member),
      "ca.crt": certificates.folder.authorityPath,
    ]
  }
}
