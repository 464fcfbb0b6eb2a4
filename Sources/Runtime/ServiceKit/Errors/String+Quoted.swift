extension String {
  /// The text in quotes, cut when it is long: how an error repeats what came from outside.
  public var quotedBriefly: String { "\"\(prefix(maxQuotedLength))\"" }
}

/// How much of a text from outside an error repeats, in characters.
private let maxQuotedLength = 64
