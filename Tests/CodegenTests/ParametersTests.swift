import CodegenCore
import Testing

/// What `--alphintra_opt` may say.
@Suite struct ParametersTests {
  @Test func nothingStatedMeansContracts() throws {
    #expect(try Parameters("") == Parameters())
    #expect(try Parameters("").output == .contracts)
  }

  @Test func packagesAreNamed() throws {
    let parameters = try Parameters("outputs=routes,package=google.rpc=GoogleRPC/Google_RPC")
    #expect(parameters.output == .routes)
    #expect(
      parameters.packages == [
        "google.rpc": SwiftPackageName(module: "GoogleRPC", namespace: "Google_RPC")
      ])
  }

  @Test(arguments: ["outputs=both", "outputs", "package=a=B", "package=a=B/C/D", "colour=red"])
  func unknownItemsAreRefused(text: String) {
    #expect(throws: ParametersError.self) { try Parameters(text) }
  }
}
