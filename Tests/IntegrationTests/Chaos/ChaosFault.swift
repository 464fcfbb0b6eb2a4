import AssetService
import BrokerService
import ExchangeService
import Gateway
import TestSupport
import TradingService

@testable import DevPlatform

/// What strikes the platform while traders trade.
enum ChaosFault: Sendable {
  /// A process ended itself at a named point that it was armed with.
  case point(PlatformMember, String)
  /// A process was killed at whatever it did, or the broker, whose records are gone with it.
  case kill(PlatformMember)

  var name: String {
    switch self {
    case .point(let member, let point): "\(member.name) at \(point)"
    case .kill(.broker): "broker wiped"
    case .kill(let member): "kill -9 of \(member.name)"
    }
  }
}

/// Draws faults: the same ones from the same seed.
struct ChaosPlan {
  private var random: SeededGenerator

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  /// How long traders trade before something is killed that has not died by itself.
  mutating func delay() -> Duration { .milliseconds(Int.random(in: 100...800, using: &random)) }

  /// Whom to kill.
  mutating func victim() -> PlatformMember {
    Self.victims.randomElement(using: &random) ?? .trading
  }

  /// Where a process is to end itself; nil for nowhere.
  mutating func setting(for member: PlatformMember) -> String? {
    guard let points = Self.points[member], Int.random(in: 0..<4, using: &random) > 0,
      let point = points.randomElement(using: &random)
    else { return nil }
    return "\(point):\(Int.random(in: 1...3, using: &random))"
  }

  /// As often as each is listed.
  private static let victims: [PlatformMember] = [
    .postgres, .postgres, .broker, .trading, .asset, .gateway, .marketData, .auth, .brokerService,
    .exchange,
  ]

  /// The points that traders who place, amend and cancel lead a process to.
  private static let points: [PlatformMember: [String]] = [
    .trading: TradingCrashPoint.allCases.filter { $0 != .expireOrderCommitted }.map(\.rawValue),
    .asset: AssetCrashPoint.allCases.map(\.rawValue).filter { !$0.hasPrefix("deposit.") }
      + ["asset-trade-executions.applied", "asset-order-events.applied"],
    .brokerService: BrokerCrashPoint.allCases.map(\.rawValue),
    .exchange: ExchangeCrashPoint.allCases.map(\.rawValue),
    .gateway: GatewayCrashPoint.allCases.filter { $0 != .drainBegun }.map(\.rawValue),
  ]
}
