extension String {
  /// The text, or its first Unicode scalars and "…".
  ///
  /// `count` and `prefix` are no limit for a text from outside: a letter may have any number of marks.
  public func abbreviated(to limit: Int) -> String {
    unicodeScalars.count > limit ? "\(firstScalars(limit))…" : self
  }

  /// The first Unicode scalars, at most so many, as databases and JSON Schema count characters.
  public func firstScalars(_ limit: Int) -> String {
    String(unicodeScalars.prefix(limit))
  }
}
