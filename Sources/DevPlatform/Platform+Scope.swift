import DevTools

extension Platform {
  /// Runs a platform for the length of a closure.
  ///
  /// The closure is cancelled when a process dies that nobody had asked to; everything is stopped
  /// before this returns or throws. Of a temporary platform the logs are left if it threw.
  ///
  /// - Throws: what the closure throws, or ``PlatformError/died(name:status:logFile:lastLines:)``.
  public static func run<Result: Sendable>(
    _ options: Options, _ body: @escaping @Sendable (Platform) async throws -> Result
  ) async throws -> Result {
    let platform = try await start(options)
    do {
      let result = try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask { try await body(platform) }
        group.addTask {
          for await exit in platform.unexpectedExits { throw PlatformError(exit) }
          return nil
        }
        defer { group.cancelAll() }
        while let result = try await group.next() {
          if let result { return result }
        }
        throw CancellationError()
      }
      await platform.stop()
      return result
    } catch {
      await platform.stop(keepingLogs: !Task.isCancelled && !(error is CancellationError))
      throw error
    }
  }
}

extension PlatformError {
  init(_ exit: Platform.UnexpectedExit) {
    self = .died(
      name: exit.name, status: exit.status, logFile: exit.logFile, lastLines: exit.lastLines)
  }
}
