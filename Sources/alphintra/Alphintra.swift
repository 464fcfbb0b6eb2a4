import ArgumentParser

@main
struct Alphintra: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alphintra", abstract: "Runs the services of the platform, and what they need.")
}
