/// Answers a unary call that was made before as it was answered then, by the key that came with it.
///
/// It stands directly before the handler: what another stage refuses has not begun, and is not remembered.
public protocol CallReplay: Sendable {
  /// Whether it stands before a method.
  ///
  /// Asked once, when the method is registered: the calls of other methods pay nothing.
  func replays(_ method: MethodDescriptor) -> Bool

  /// Answers a call that came with a key.
  ///
  /// - Parameters:
  ///   - key: The caller's key, of any form.
  ///   - request: The request, still encoded.
  ///   - run: What makes the answer, to be called at most once, with the context that the handler is to see.
  /// - Throws: What the call fails with.
  func answer(
    key: String, request: [UInt8], context: ServerContext,
    run: @Sendable (ServerContext) async throws -> [UInt8]
  ) async throws -> [UInt8]
}

extension RegisteredMethod.Handler {
  /// The handler behind a replay; nil if that does not stand before its method.
  func behind(_ replay: (any CallReplay)?, of method: MethodDescriptor) -> Self? {
    guard let replay, case .unary(let next) = self, replay.replays(method) else { return nil }
    return .unary { request, context in
      guard let key = context.metadata[IdempotencyKey.metadataName] else {
        return try await next(request, context)
      }
      let response = try await replay.answer(
        key: key, request: request.serialized, context: context
      ) { passed in
        try await next(request, passed).bytes
      }
      return EncodedResponse(serialized: response)
    }
  }
}
