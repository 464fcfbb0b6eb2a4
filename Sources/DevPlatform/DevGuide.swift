import Postgres

/// What `alphintra dev` tells a person: where things are, and commands to paste.
public struct DevGuide: Sendable {
  /// The text.
  public let text: String

  /// The guide to a running platform.
  public init(_ platform: Platform) async throws {
    let url = await platform.url
    let database = try await platform.database()
    var statusPages: [String] = []
    for member in platform.options.services + [.gateway] {
      for replica in PlatformReplica.all(of: member, replicas: platform.options.replicas) {
        let address = await platform.adminAddress(of: member, replica: replica.number)
        if let address { statusPages.append("\(replica.name) http://\(address)") }
      }
    }
    let edges = await platform.ports.map { "https://localhost:\($0)" }
    text = """

      Alphintra runs.

        page        \(url), and the API at \(url)/docs
        REST        \(edges.joined(separator: ", "))
        WebSocket   \(url.replacing("https://", with: "wss://"))/ws/v1
        database    psql "host=\(database.host) port=\(database.port) dbname=\(database.database) \
      user=\(database.user)"
        logs        \(platform.paths.folder)/log
        status      \(statusPages.joined(separator: "\n              "))
        operator    \(PlatformOperator.email), password in \(try platform.operator().passwordPath)

      Register, log in, have an operator deposit money, and place an order (paste into another terminal):

        alphintra() { curl -sS --cacert \(platform.authorityPath) -H 'Content-Type: application/json' "$@"; echo; }
        alphintra \(url)/api/auth/register -d '{"email":"ada@example.com","password":"correct horse battery","displayName":"Ada"}'
        TOKEN=$(alphintra \(url)/api/auth/login -d '{"email":"ada@example.com","password":"correct horse battery"}' | sed 's/.*"accessToken":"\\([^"]*\\)".*/\\1/')
        ADA=$(alphintra \(url)/api/users/profile -H "Authorization: Bearer $TOKEN" | sed 's/.*"userId":"\\([^"]*\\)".*/\\1/')
        OPERATOR=$(alphintra \(url)/api/auth/login -d '{"email":"\(PlatformOperator.email)","password":"'$(cat \(try platform.operator().passwordPath))'"}' | sed 's/.*"accessToken":"\\([^"]*\\)".*/\\1/')
        alphintra \(url)/api/deposits -H "Authorization: Bearer $OPERATOR" -d '{"accountId":"'$ADA'","asset":"USD","amount":"100000","reference":"first"}'
        alphintra \(url)/api/orders -H "Authorization: Bearer $TOKEN" -d '{"symbol":"AAPL","side":"BUY","type":"MARKET","quantity":"10"}'
        alphintra \(url)/api/positions -H "Authorization: Bearer $TOKEN"
        alphintra \(url)/api/wallets -H "Authorization: Bearer $TOKEN"

      Orders of \(platform.options.routedSymbols.joined(separator: ", ")) are executed at the simulated exchange, all others by the paper venue.

      Stop with Ctrl-C.
      """
  }
}
