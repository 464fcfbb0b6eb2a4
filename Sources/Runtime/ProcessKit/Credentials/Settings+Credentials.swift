extension Settings {
  /// The file of the peers that are refused: `tls.deny_list`; nil for none.
  public mutating func denyList() -> String? {
    has("tls.deny_list") ? file("tls.deny_list") : nil
  }

  /// How often certificates are looked at for new contents: `tls.reload_interval`, in seconds.
  public mutating func reloadInterval() -> Duration {
    seconds("tls.reload_interval", in: 0.1...3_600, default: CredentialWatch.defaultInterval)
  }
}
