import RPC

/// What has come of a request and has yet to reach its handler; messages in a pipe are not counted here.
struct RequestBody {
  /// Cuts what comes into messages.
  var deframer: MessageDeframer
  /// The request of a unary call, once it is there.
  var message: EncodedMessage?
  /// Bytes that were received and for which the peer may not send others yet.
  var withheldBytes = 0
  /// What is taken of the budget.
  private var chargedBytes = 0

  init(_ limits: CallLimits) {
    self.deframer = MessageDeframer(limits, unknownEncodingIs: .unimplemented)
  }

  /// Takes from the budget what has come since, or gives back what has gone.
  mutating func charge(_ budget: MemoryBudget) throws(RPCError) {
    let held = self.deframer.heldBytes + (self.message?.bytes.count ?? 0)
    guard held != self.chargedBytes else { return }
    if held < self.chargedBytes {
      budget.giveBack(self.chargedBytes - held)
    } else if !budget.take(held - self.chargedBytes) {
      throw MemoryBudget.exhausted
    }
    self.chargedBytes = held
  }

  /// The request of a unary call for its handler, which holds it from now on.
  mutating func takeMessage(_ budget: MemoryBudget) -> EncodedMessage? {
    defer { self.drop(budget) }
    return self.message
  }

  /// Lets go of all there is: nobody wants it.
  mutating func drop(_ budget: MemoryBudget) {
    self.message = nil
    self.deframer.drop()
    budget.giveBack(self.chargedBytes)
    self.chargedBytes = 0
  }
}
