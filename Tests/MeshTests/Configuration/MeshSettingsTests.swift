import Configuration
import Mesh
import ProcessKit
import Testing

@Suite struct MeshSettingsTests {
  private func read(
    _ variables: [String: String], calling services: [String] = ["auth", "trading"]
  ) throws -> MeshSettings {
    var settings = Settings(
      ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: variables)),
      service: "gateway")
    let mesh = MeshSettings(&settings, calling: services)
    try settings.finish()
    return mesh
  }

  @Test func servicesAreInTheDirectoryUnlessTold() throws {
    let mesh = try read([
      "MESH_DIRECTORY": "/run/mesh", "MESH_TARGET_TRADING": "dns:///trading:8443",
    ])
    #expect(mesh.directory != nil)
    #expect(mesh.target(of: "auth") == .service("auth"))
    #expect(mesh.target(of: "trading") == .dns(host: "trading", port: 8443))
  }

  @Test func aProcessOwnTargetCountsFirst() throws {
    let mesh = try read([
      "MESH_DIRECTORY": "/run/mesh", "MESH_TARGET_TRADING": "dns:///trading:8443",
      "GATEWAY_MESH_TARGET_TRADING": "unix:///run/trading",
    ])
    #expect(mesh.target(of: "trading") == .fixed([.unix(path: "/run/trading")]))
  }

  @Test func directoryIsNeededUnlessEveryTargetDoesWithout() throws {
    let targets = ["MESH_TARGET_TRADING": "dns:///t:1", "MESH_TARGET_AUTH": "static:///a:1"]
    #expect(try read(targets).directory == nil)
    #expect(try read([:], calling: []).directory == nil)
    for variables in [
      [:], ["MESH_TARGET_TRADING": "dns:///t:1"],
      targets.merging(["MESH_TARGET_AUTH": "auth-blue"]) { $1 },
    ] {
      let error = #expect(throws: ConfigurationError.self) { try read(variables) }
      #expect(error?.problems.map(\.key) == ["gateway.mesh.directory"])
    }
  }

  @Test func wrongTargetIsNamedWithItsKeyRuleAndValue() throws {
    let error = #expect(throws: ConfigurationError.self) {
      try read(["MESH_DIRECTORY": "/run/mesh", "MESH_TARGET_TRADING": "trading:8443"])
    }
    #expect(
      error?.description == """
        configuration: mesh.target.trading (MESH_TARGET_TRADING) must be the name of a service, \
        dns:///host:port, static:///host:port[,host:port…] or unix:///absolute/path, not "trading:8443"
        """)
  }
}
