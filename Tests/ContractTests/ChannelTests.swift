import EdgeClient
import GatewayRoutes
import Protobuf
import RPC
import Synchronization
import Testing

@testable import Transcoding

/// Every channel carries what its RPC streams.
@Suite(.timeLimit(.minutes(5))) struct ChannelTests {
  private static let samplesPerRPC: UInt64 = 6

  private func message(_ type: any Message.Type) throws -> MessageCase {
    try #require(ContractIndex.messages[type.messageName], "\(type.messageName)")
  }

  @Test("the gateway's channels are those of the contracts, and are what the contracts say")
  func descriptions() throws {
    let offered = Dictionary(grouping: World().channels(), by: \.name)
    let stated = try AllContracts.channels
    #expect(Set(offered.keys) == Set(stated.map(\.channel.name)))
    for (rpc, stated, _) in stated {
      let channel = try #require(offered[stated.name]?.first)
      #expect(offered[stated.name]?.count == 1, "\(stated.name)")
      #expect(channel.method == rpc.method, "\(stated.name)")
      #expect(channel.keys == stated.keys, "\(stated.name)")
      #expect(channel.conflates == (stated.conflateBy != nil), "\(stated.name)")
      #expect(channel.conflationInterval == stated.conflateEvery, "\(stated.name)")
    }
    for channel in AllRoutes.channels {
      let stated = stated.first { $0.channel.name == channel.name }?.channel
      #expect(channel.heartbeatInterval == stated?.heartbeat, "\(channel.name)")
    }
  }

  @Test("a subscription and an RPC are the same to the handler, and get the same messages")
  func sameMessages() async throws {
    let world = World()
    try await world.withGateway { edge in
      for (rpc, channel, user) in try AllContracts.channels {
        for seed in 0..<Self.samplesPerRPC {
          var maker = SampleMaker(seed: seed)
          let request = maker.sample(of: try message(rpc.request))
          // Keys that differ: none of the updates may be skipped.
          let stream = channel.sample(
            of: try message(rpc.response), keys: ["A", "B", "ä\"", ""], &maker)
          let responses = stream.map(\.response.binary)
          let name = "\(rpc.name) by channel \(channel.name) with \(request.json())"

          world.script.set(rpc, Script.Answer(responses: responses))
          let outcome = try await world.call(rpc, as: .gateway, for: user, [request.binary])
          let byRPC = try #require(world.script.takeCalls().first, "\(name)")
          #expect(outcome.responses == responses, "\(name)")

          world.script.set(rpc, Script.Answer(responses: responses, staysOpen: true))
          let said = try await edge.said(to: channel, request, user, count: stream.count + 1)
          let byChannel = try #require(world.script.takeCalls().first, "\(name)")
          #expect(byChannel.rpc == rpc.name)
          #expect(byChannel.requests == [request.binary], "\(name)")
          #expect(byChannel.requests == byRPC.requests, "\(name)")
          #expect(byChannel.user == byRPC.user, "\(name)")
          let opening =
            #"{"type":"subscribed","id":"\#(Conversation.id)","channel":"\#(channel.name)"}"#
          #expect(try said == [opening] + stream.map { try $0.text(of: channel) }, "\(name)")
        }
      }
    }
  }

  @Test("an update replaces earlier ones by the contract's key, a snapshot replaces none")
  func conflationKeys() async throws {
    let world = World()
    for (rpc, stated, user) in try AllContracts.channels {
      let channel = try #require(world.channels().first { $0.name == stated.name })
      for seed in 0..<Self.samplesPerRPC {
        var maker = SampleMaker(seed: seed)
        let request = maker.sample(of: try message(rpc.request))
        let stream = stated.sample(
          of: try message(rpc.response), keys: ["A", "B", "A", "", "ä\""], &maker)
        world.script.set(rpc, Script.Answer(responses: stream.map(\.response.binary)))
        let received = Mutex<[ChannelMessage]>([])
        try await channel.call(parameters: Array(request.json().utf8)).stream(
          on: world.channel(of: .gateway),
          options: CallOptions(timeout: World.patience, metadata: user.metadata)
        ) { message in received.withLock { $0.append(message) } }
        let messages = received.withLock { $0 }
        #expect(messages.map(\.kind) == stream.map(\.kind), "\(stated.name)")
        #expect(messages.map(\.sequence) == stream.map(\.sequence), "\(stated.name)")
        #expect(messages.map(\.conflationKey) == stream.map(\.key), "\(stated.name)")
        #expect(messages.map { $0.payload.serialized() } == stream.map(\.payload))
      }
    }
  }

  @Test("a quiet subscription gets heartbeats with its last sequence, where the contract says so")
  func heartbeats() async throws {
    let world = World()
    try await world.withGateway(heartbeat: .milliseconds(20)) { edge in
      for (rpc, channel, user) in try AllContracts.channels where channel.heartbeat != nil {
        var maker = SampleMaker(seed: 1)
        let request = maker.sample(of: try message(rpc.request)).json()
        let stream = channel.sample(of: try message(rpc.response), keys: ["A"], &maker)
        let last = try #require(stream.last?.sequence)
        world.script.set(
          rpc, Script.Answer(responses: stream.map(\.response.binary), staysOpen: true))
        try await edge.withWebSocket(token: user.token) { socket in
          var conversation = Conversation(socket)
          try await conversation.subscribe(to: channel, request)
          _ = try await conversation.next("update")
          for _ in 0..<2 {
            let said = try await conversation.next()
            let start =
              #"{"type":"heartbeat","id":"\#(Conversation.id)","channel":"\#(channel.name)""#
              + #","sequence":"\#(last)","time":""#
            #expect(said.text.hasPrefix(start), "\(said.text)")
          }
        }
      }
    }
  }
}
