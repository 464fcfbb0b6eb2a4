import Mesh
import Testing

@Suite struct TargetTests {
  @Test(arguments: [
    ("trading", Target.service("trading")),
    ("dns:///trading.prod:8443", .dns(host: "trading.prod", port: 8443)),
    ("dns:///127.0.0.1:1", .dns(host: "127.0.0.1", port: 1)),
    ("dns:///[::1]:1", .dns(host: "::1", port: 1)),
    ("static:///a:1", .fixed([.tcp(host: "a", port: 1)])),
    (
      "static:///10.0.0.1:8443,[::1]:2,unix:/run/x",
      .fixed([
        .tcp(host: "10.0.0.1", port: 8443), .tcp(host: "::1", port: 2), .unix(path: "/run/x"),
      ])
    ),
    ("unix:///run/trading.sock", .fixed([.unix(path: "/run/trading.sock")])),
  ])
  func textIsReadAndWritten(text: String, target: Target) throws {
    #expect(try Target(text) == target)
    #expect(target.description == text)
  }

  @Test func socketMayBeWrittenWithOneSlash() throws {
    #expect(try Target("unix:/run/x") == Target("unix:///run/x"))
    let longest = "/" + String(repeating: "x", count: ServiceAddress.maximumPathBytes - 1)
    #expect(try Target("unix:\(longest)") == .fixed([.unix(path: longest)]))
  }

  @Test(arguments: [
    ("", TargetError.Rule.notAService), ("trading 1", .notAService), ("../trading", .notAService),
    ("a/b", .notAService), (".", .notAService),
    ("trading:8443", .unknownScheme), ("http://trading:1", .unknownScheme), (":", .unknownScheme),
    ("DNS:///a:1", .unknownScheme),
    ("dns:", .notAName), ("dns:///", .notAName), ("dns:///a", .notAName), ("dns:a:1", .notAName),
    ("dns:/a:1", .notAName), ("dns://1.1.1.1/a:1", .notAName), ("dns:////a:1", .notAName),
    ("dns:///a:0", .notAName), ("dns:///unix:/x", .notAName), ("dns:///a:1,b:2", .notAName),
    ("static:///", .notAddresses), ("static:///a", .notAddresses),
    ("static:///a:1,", .notAddresses), ("static:///a:1,,b:2", .notAddresses),
    ("static:///a:1,a:1", .notAddresses), ("static:a:1", .notAddresses),
    ("unix:", .notASocket), ("unix:x", .notASocket), ("unix:///", .notASocket),
    ("unix://host/x", .notASocket), ("unix:////x", .notASocket),
    ("unix:/" + String(repeating: "x", count: 107), .notASocket),
  ])
  func anythingElseIsRefusedByARule(text: String, rule: TargetError.Rule) {
    let error = #expect(throws: TargetError.self) { try Target(text) }
    #expect(error?.rule == rule)
    #expect(error?.description == "the target \"\(text)\" \(rule.rawValue)")
  }
}
