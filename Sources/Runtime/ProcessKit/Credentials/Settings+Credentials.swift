extension Settings {
  /// How often certificates are looked at for new contents: `tls.reload_interval`, in seconds.
  public mutating func reloadInterval() -> Duration {
    seconds("tls.reload_interval", in: 0.1...3_600, default: CredentialWatch.defaultInterval)
  }
}
