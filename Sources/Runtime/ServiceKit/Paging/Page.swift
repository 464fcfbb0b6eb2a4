public import RPC

/// One page of a list: how much is asked for, and where it starts.
///
/// A token names the list, its filters and the last item of the page before. Its text is opaque to
/// callers; one that was made for other filters is refused, since the page would not be the next.
public struct Page<Key> {
  /// The most items of the page.
  public let size: Int
  /// The key of the last item before the page; nil for the first page.
  public let after: Key?
  private let prefix: String

  /// Reads a request's size, which the contract keeps from being negative, and its token, and notes what
  /// is wrong with that.
  ///
  /// - Parameters:
  ///   - list: the list's name and filters, which the token must have been made for.
  ///   - sizes: how many items a page has when none are asked for, and at most.
  ///   - key: reads the key of an item; nil for a text that is none.
  public init(
    size: Int32, token: String, of list: String..., sizes: PageSizes,
    _ violations: inout [FieldViolation], key: (String) -> Key?
  ) {
    self.size = size <= 0 ? sizes.default : min(Int(size), sizes.max)
    prefix = list.joined(separator: "\n") + "\n"
    guard !token.isEmpty else {
      after = nil
      return
    }
    after = PageToken.text(of: token).flatMap { [prefix] text in
      text.hasPrefix(prefix) ? key(String(text.dropFirst(prefix.count))) : nil
    }
    if after == nil {
      violations.append(
        FieldViolation(
          field: "page_token",
          description: "must be the next_page_token of a page of the same list, got "
            + token.quotedBriefly,
          reason: "MALFORMED"))
    }
  }

  /// Takes a page of what was read with ``readLimit``, and makes the token of the next.
  public func cut<Items: Collection>(
    _ items: Items, key: (Items.Element) -> String
  ) -> (items: Items.SubSequence, nextToken: String) {
    let page = items.prefix(size)
    guard items.count > size, let last = page.suffix(1).first else { return (page, "") }
    return (page, PageToken.token(of: prefix + key(last)))
  }

  /// One more than the page has: whether there is a next page is known without asking again.
  public var readLimit: Int { size + 1 }
}

/// How many items the pages of a list have.
public struct PageSizes: Sendable {
  /// The number when none is asked for.
  public let `default`: Int
  /// The number when more are asked for.
  public let max: Int

  /// Takes both numbers.
  public init(default: Int, max: Int) {
    self.default = `default`
    self.max = max
  }
}
