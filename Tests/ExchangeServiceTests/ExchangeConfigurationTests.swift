import Configuration
import ProcessKit
import Testing

@testable import ExchangeService

@Suite struct ExchangeConfigurationTests {
  private func read(
    _ variables: [String: String]
  ) throws(ConfigurationError) -> ExchangeConfiguration {
    let reader = ConfigReader(
      provider: EnvironmentVariablesProvider(environmentVariables: variables))
    return try ExchangeConfiguration(reader, service: "exchange")
  }

  @Test func theDefaultsAreThoseOfTheReadme() throws {
    let configuration = try read([:])
    #expect(configuration.reportPoll == .milliseconds(100))
    #expect(configuration.reload == .seconds(2))
  }

  @Test func wrongSettingsAreToldAllAtOnce() {
    let error = #expect(throws: ConfigurationError.self) {
      try read(["EXCHANGE_REPORT_POLL": "0", "EXCHANGE_RELOAD": "x"])
    }
    #expect(error?.description.contains("EXCHANGE_REPORT_POLL") == true)
    #expect(error?.description.contains("EXCHANGE_RELOAD") == true)
  }
}
