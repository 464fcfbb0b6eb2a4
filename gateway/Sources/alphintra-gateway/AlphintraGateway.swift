import ArgumentParser

@main
struct AlphintraGateway: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alphintra-gateway", abstract: "The edge: REST and WebSocket outside, RPCs inside."
  )
}
