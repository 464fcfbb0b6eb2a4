internal import Core
internal import Protobuf
internal import RPC
internal import Transcoding

/// What a client asks for. A wrong request gets a precise error and costs the client nothing else.
extension WebSocketSession {
  func handle(_ text: [UInt8]) {
    let message: ClientMessage
    do throws(ClientMessage.Failure) {
      message = try ClientMessage(text)
    } catch {
      var problem = Problem(400, .invalidArgument, reason: error.reason, error.description)
      problem.errors = [
        Problem.FieldError(
          field: error.field, reason: error.reason, description: error.description)
      ]
      refuse(problem, id: error.id)
      return
    }
    switch message {
    case .authenticate(let token): authenticate(token)
    case .subscribe(let id, let channel, let parameters): subscribe(id, channel, parameters)
    case .unsubscribe(let id): unsubscribe(id)
    case .ping: send(ServerMessage.pong)
    }
  }

  private func authenticate(_ token: String) {
    Task {
      do throws(RPCError) {
        let user = try await edge.authorize(Edge.anyUser, try metadata(token: token))
        guard let user else { return }
        if let current = self.user, current.id != user.id {
          refuse(
            Problem(
              403, .permissionDenied, reason: "OTHER_USER",
              "this socket belongs to another user; open a new one"), id: nil)
          return
        }
        accept(user)
      } catch {
        refuse(Problem(refusal: error), id: nil)
      }
    }
  }

  private func subscribe(_ id: String, _ name: String, _ parameters: [UInt8]) {
    do throws(Problem) {
      let (channel, call, upstream) = try open(id, name, parameters)
      let task = Task { await run(call, of: channel, on: upstream, id: id) }
      subscriptions[id] = Subscription(channel: channel, task: task)
    } catch {
      refuse(error, id: id, channel: name.abbreviated(to: ClientMessage.quotedLimit))
    }
  }

  /// Checks everything about a subscription that can be checked before its RPC is made.
  private func open(
    _ id: String, _ name: String, _ parameters: [UInt8]
  ) throws(Problem) -> (Channel, ChannelCall, any RPCChannel) {
    guard subscriptions[id] == nil else {
      throw Problem(
        409, .alreadyExists, reason: "SUBSCRIPTION_EXISTS", "subscription \"\(id)\" is open")
    }
    guard subscriptions.count < limits.subscriptions else {
      throw Problem(
        429, .resourceExhausted, reason: "TOO_MANY_SUBSCRIPTIONS",
        "a socket has at most \(limits.subscriptions) subscriptions")
    }
    guard let channel = edge.channels[name] else {
      let names = edge.channels.keys.sorted().joined(separator: ", ")
      throw Problem(
        404, .notFound, reason: "UNKNOWN_CHANNEL",
        "the channels are \(names), got \"\(name.abbreviated(to: ClientMessage.quotedLimit))\"")
    }
    guard !channel.needsUser || user != nil else {
      throw .tokenMissing("channel \(name) needs a user: authenticate first")
    }
    let upstream = try edge.upstreams.channel(of: channel.method)
    return (channel, try call(of: channel, parameters), upstream)
  }

  private func call(
    of channel: Channel, _ parameters: [UInt8]
  ) throws(Problem) -> ChannelCall {
    do throws(TranscodingError) {
      return try channel.call(parameters: parameters)
    } catch {
      guard case .body(let error) = error else { throw Problem(error) }
      let field = error.path.isEmpty ? "params" : "params." + error.path
      var problem = Problem(
        400, .invalidArgument, reason: "INVALID_PARAMETERS", "\(field): \(error.rule)")
      problem.errors = [
        Problem.FieldError(
          field: field, reason: "INVALID_PARAMETERS",
          description: "\(error.rule), got \(error.value)")
      ]
      throw problem
    }
  }

  private func unsubscribe(_ id: String) {
    guard let subscription = subscriptions.removeValue(forKey: id) else {
      refuse(
        Problem(
          404, .notFound, reason: "UNKNOWN_SUBSCRIPTION", "no subscription \"\(id)\" is open"),
        id: id)
      return
    }
    subscription.cancel()
    dropQueued(of: id)
    send(ServerMessage.unsubscribed(id, subscription.channel.name))
  }
}
