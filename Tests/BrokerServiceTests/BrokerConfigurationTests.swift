import BrokerDomain
import Configuration
import Core
import ProcessKit
import Testing

@testable import BrokerService

@Suite struct BrokerConfigurationTests {
  private func read(
    _ variables: [String: String]
  ) throws(ConfigurationError) -> BrokerConfiguration {
    let reader = ConfigReader(
      provider: EnvironmentVariablesProvider(environmentVariables: variables))
    return try BrokerConfiguration(reader, service: "broker")
  }

  @Test func theDefaultsAreThoseOfTheReadme() throws {
    let configuration = try read([:])
    #expect(configuration.connections.map(\.rawValue) == ["sim"])
    #expect(configuration.submitWindow == .seconds(5))
    #expect(configuration.resolveAge == .seconds(1))
    #expect(configuration.resolveInterval == .milliseconds(500))
  }

  @Test func settingsCount() throws {
    let configuration = try read([
      "BROKER_CONNECTIONS": "sim,other-1", "BROKER_SUBMIT_WINDOW": "2",
      "BROKER_RESOLVE_AGE": "0.5", "BROKER_RESOLVE_INTERVAL": "7",
    ])
    #expect(configuration.connections.map(\.rawValue) == ["sim", "other-1"])
    #expect(configuration.submitWindow == .seconds(2))
    #expect(configuration.resolveAge == .milliseconds(500))
    #expect(configuration.resolveInterval == .seconds(7))
  }

  @Test(arguments: ["", "sim,", "Sim", "sim,sim", "1a", "a b", "sim;other"])
  func wrongConnectionsAreNamed(_ text: String) {
    do {
      _ = try read(["BROKER_CONNECTIONS": text])
      Issue.record("\(text) was accepted")
    } catch {
      #expect(error.problems.map(\.key) == ["broker.connections"])
    }
  }

  @Test func everyWrongSettingIsNamed() {
    do {
      _ = try read([
        "BROKER_SUBMIT_WINDOW": "0", "BROKER_RESOLVE_AGE": "-1", "BROKER_RESOLVE_INTERVAL": "0",
      ])
      Issue.record("wrong settings were accepted")
    } catch {
      #expect(
        error.problems.map(\.key) == [
          "broker.submit_window", "broker.resolve.age", "broker.resolve.interval",
        ])
    }
  }
}
