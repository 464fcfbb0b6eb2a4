public import ProcessKit

/// How a process finds the services that it calls, and calls them: the settings `mesh.…`.
public struct MeshSettings: Sendable {
  /// The directory of the mesh, in the folder that `mesh.directory` names; nil without one.
  ///
  /// It may be left out where every service that is called has a target that does not need it.
  public var directory: ServiceDirectory?
  /// Where to look for services, `mesh.target.<service>`; those that are not in here are looked for in
  /// the directory.
  public var targets: [String: Target]
  /// How calls are made, from the file that `mesh.service_config` names.
  public var serviceConfig: ServiceConfig

  /// Reads the settings of a process that calls these services.
  public init(_ settings: inout Settings, calling services: [String]) {
    var targets: [String: Target] = [:]
    for service in services {
      let key = "mesh.target.\(service)"
      guard settings.has(key) else { continue }
      targets[service] = settings.value(key, rule: Self.targetRule) { try? Target($0) }
    }
    self.targets = targets
    let needsDirectory = services.contains { service in
      guard let target = targets[service] else { return !settings.has("mesh.target.\(service)") }
      if case .service = target { return true }
      return false
    }
    directory =
      needsDirectory || settings.has("mesh.directory")
      ? ServiceDirectory(folder: settings.string("mesh.directory")) : nil
    serviceConfig =
      settings.configFile("mesh.service_config") { json throws(ServiceConfigError) in
        try ServiceConfig(json: json)
      } ?? ServiceConfig()
  }

  /// Where to look for a service.
  public func target(of service: String) -> Target { targets[service] ?? .service(service) }

  private static let targetRule = """
    must be the name of a service, dns:///host:port, static:///host:port[,host:port…] or \
    unix:///absolute/path
    """
}
