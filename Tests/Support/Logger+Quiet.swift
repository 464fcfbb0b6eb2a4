public import Logging

extension Logger {
  /// A logger for tests that make outages: their warnings are no news.
  public static var quiet: Logger {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return logger
  }
}
