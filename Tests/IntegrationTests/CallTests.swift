import Certificates
import DevPlatform
import Foundation
import TestSupport
import Testing

/// `alphintra call` against the real processes, as a person uses it.
@Suite struct CallTests {
  /// A shell beside a platform.
  private struct Shell {
    let platform: Platform

    /// Runs `alphintra call`; what it needs of the platform it finds in its folder.
    func call(_ arguments: String..., token: String = "") async throws -> Program.Outcome {
      try await Program.run(
        "alphintra", ["call"] + arguments + options, environment: ["ALPHINTRA_TOKEN": token])
    }

    var options: [String] {
      [
        "--certificates", platform.certificateFolder.path, "--directory", platform.directoryPath,
        "--deadline", "5m",
      ]
    }
  }

  @Test(.timeLimit(.minutes(10)))
  func anOrderFromAShell() async throws {
    try await PlatformFixture.run { platform in
      let shell = Shell(platform: platform)
      let token = try await token(by: shell)
      try await placesAnOrder(by: shell, token)
      try await readsAStream(by: shell)
      try await isRefused(by: shell, token)
    }
  }

  private func token(by shell: Shell) async throws -> String {
    let registered = try await shell.call(
      "Register",
      #"{"email":"ada@example.com","password":"correct horse battery","displayName":"Ada"}"#)
    #expect(registered.exitCode == 0, "\(registered.errors)")
    let login = try await shell.call(
      "AuthService/Login", #"{"email":"ada@example.com","password":"correct horse battery"}"#)
    let fields = try JSONSerialization.jsonObject(with: Data(login.output.utf8))
    return try #require((fields as? [String: Any])?["accessToken"] as? String)
  }

  private func placesAnOrder(by shell: Shell, _ token: String) async throws {
    // The market opens with the first quote.
    try await eventually {
      try await shell.call("GetQuote", #"{"symbol":"AAPL"}"#).exitCode == 0
    }
    let order =
      #"{"symbol":"AAPL","side":"BUY","type":"MARKET","quantity":"10","clientOrderId":"first"}"#
    try await eventually {
      try await shell.call("PlaceOrder", order, token: token).exitCode == 0
    }
    let orders = try await shell.call("ListOrders", token: token)
    #expect(orders.output.contains(#""clientOrderId":"first""#), "\(orders)")
  }

  /// A stream goes on until nobody reads it.
  private func readsAStream(by shell: Shell) async throws {
    let script = #""$0" call SubscribeQuotes '{"symbols":["AAPL"]}' "$@" | head -n 2"#
    let outcome = try await Program.run(
      "/bin/bash", ["-c", script, "\(Program.folder)/alphintra"] + shell.options)
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == 2, "\(outcome)")
    #expect(lines.first?.contains(#""snapshot""#) == true)
    #expect(lines.last?.contains(#""quote""#) == true)
  }

  private func isRefused(by shell: Shell, _ token: String) async throws {
    let anonymous = try await shell.call("ListOrders")
    #expect(anonymous.exitCode == 80)
    #expect(anonymous.errors.contains("AuthService/Login answers one"), "\(anonymous.errors)")
    let strange = try await shell.call("ListOrders", "{}", "--as", "marketdata", token: token)
    #expect(strange.exitCode == 71)
    #expect(strange.errors.contains("the contract admits gateway"), "\(strange.errors)")
    let wrong = try await shell.call(
      "PlaceOrder", #"{"symbol":"AAPL","side":"BUY","type":"LIMIT","quantity":"-1"}"#,
      token: token)
    #expect(wrong.exitCode == 67)
    #expect(wrong.errors.contains("field    quantity: "), "\(wrong.errors)")
  }
}
