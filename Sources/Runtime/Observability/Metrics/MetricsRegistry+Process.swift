import Glibc

extension MetricsRegistry {
  /// Adds what Prometheus' clients say of every process, by the same names: CPU, memory, files, threads.
  public func addProcess() {
    counter(
      "process_cpu_seconds_total", "User and system time of the process in seconds.",
      reading: { Self.cpuSeconds })
    gauge("process_resident_memory_bytes", "Memory of the process that is in RAM.") {
      Self.words(of: "/proc/self/statm").dropFirst().first.flatMap(Double.init)
        .map { $0 * Double(sysconf(Int32(_SC_PAGESIZE))) }
    }
    gauge("process_open_fds", "Open file descriptors of the process.") { Self.openFiles }
    gauge("process_max_fds", "The most file descriptors the process may open.") {
      var limit = rlimit()
      guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
      return Double(limit.rlim_cur)
    }
    gauge("process_threads", "Threads of the process.") {
      Self.stat(field: 20)
    }
    let start = Self.stat(field: 22)
    gauge("process_start_time_seconds", "When the process began, in seconds since 1970.") {
      guard let start, let boot = Self.bootTime else { return nil }
      return boot + start / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
  }

  private static var cpuSeconds: Double? {
    var usage = rusage()
    guard getrusage(RUSAGE_SELF.rawValue, &usage) == 0 else { return nil }
    return [usage.ru_utime, usage.ru_stime].reduce(0) {
      $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6
    }
  }

  private static var openFiles: Double? {
    guard let folder = opendir("/proc/self/fd") else { return nil }
    defer { closedir(folder) }
    var count = 0
    while readdir(folder) != nil { count += 1 }
    // Without ".", ".." and the folder's own.
    return Double(count - 3)
  }

  /// A field of `/proc/self/stat`, counted from 1 as in proc_pid_stat(5).
  private static func stat(field: Int) -> Double? {
    // The second field is a name in parentheses, which may hold spaces.
    guard let text = text(of: "/proc/self/stat"), let name = text.lastIndex(of: ")") else {
      return nil
    }
    let rest = text[name...].split(separator: " ").dropFirst()
    return rest.dropFirst(field - 3).first.flatMap { Double($0) }
  }

  private static var bootTime: Double? {
    text(of: "/proc/stat")?.split(separator: "\n").first { $0.hasPrefix("btime ") }
      .flatMap { Double($0.dropFirst("btime ".count)) }
  }

  private static func words(of path: String) -> [Substring] {
    text(of: path)?.split(separator: " ") ?? []
  }

  /// The beginning of a file of the system.
  private static func text(of path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while text.count < 1 << 20 {
      let count = read(file, &buffer, buffer.count)
      guard count > 0 else { break }
      text += buffer.prefix(count)
    }
    return String(decoding: text, as: UTF8.self)
  }
}
