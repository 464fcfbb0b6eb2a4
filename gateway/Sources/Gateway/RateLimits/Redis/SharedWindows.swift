internal import Crypto
internal import NIOCore

/// The windows that the gateways of a platform share, in Redis: the same log as ``SlidingWindow``, by Redis's clock.
///
/// The whole decision is one script, which Redis runs alone: no two gateways can both take the last place.
struct SharedWindows: Sendable {
  /// What all keys begin with.
  static let keyPrefix = "alphintra:rate:"

  /// Decides on a request.
  ///
  /// The log is a list of microseconds, oldest first: `{admitted, remaining, wait}`.
  ///
  /// Numbers are printed by `%.0f`, since Lua's own way drops digits. A clock that was set back takes the log with
  /// it. The key ends with its window.
  static let script = """
    local log, limit, width, peeks = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3] == '1'
    local time = redis.call('TIME')
    local now = time[1] * 1000000 + time[2]
    local newest = redis.call('LINDEX', log, -1)
    if newest and now < tonumber(newest) then
      local step = tonumber(newest) - now
      local times = redis.call('LRANGE', log, 0, -1)
      redis.call('DEL', log)
      for _, t in ipairs(times) do redis.call('RPUSH', log, string.format('%.0f', t - step)) end
    end
    local oldest = redis.call('LINDEX', log, 0)
    while oldest and tonumber(oldest) <= now - width do
      redis.call('LPOP', log)
      oldest = redis.call('LINDEX', log, 0)
    end
    local count = redis.call('LLEN', log)
    local admitted, wait = count < limit, 0
    if not admitted then
      wait = redis.call('LINDEX', log, count - limit) + width - now
    else
      if not peeks then
        redis.call('RPUSH', log, string.format('%.0f', now))
        count = count + 1
        oldest = oldest or now
      end
      if oldest then wait = oldest + width - now end
    end
    if count > 0 then redis.call('PEXPIRE', log, math.ceil(width / 1000)) end
    return {admitted and 1 or 0, math.max(limit - count, 0), wait}
    """

  private static let digest = Insecure.SHA1.hash(data: Array(script.utf8))
    .map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()

  let client: RedisClient

  /// Decides on a request of a caller.
  ///
  /// - Parameter peeks: Only look: a request that is admitted is not written down.
  /// - Throws: Where Redis is away or says anything but what was asked for. The request may be written down then.
  func admit(
    _ key: String, limit: Int, width: Int64, peeks: Bool
  ) async throws(RedisUnavailable) -> SlidingWindow.Verdict {
    let arguments = ["1", Self.keyPrefix + key, "\(limit)", "\(width)", peeks ? "1" : "0"]
    var reply = try await client.send(["EVALSHA", Self.digest] + arguments)
    // A server that was started anew does not know the script; EVAL tells it.
    if case .error(let text) = reply, text.hasPrefix("NOSCRIPT") {
      reply = try await client.send(["EVAL", Self.script] + arguments)
    }
    guard case .list(let values?) = reply, values.count == 3, let admitted = values[0].integer,
      let remaining = values[1].integer, let wait = values[2].integer
    else { throw RedisUnavailable(reason: "the script was answered with \(reply)") }
    return SlidingWindow.Verdict(
      isAdmitted: admitted == 1, remaining: Int(remaining), wait: wait)
  }
}
