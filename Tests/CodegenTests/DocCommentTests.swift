import ProtobufC
import Testing

@testable import CodegenCore

/// What of a comment is a summary, and what follows.
@Suite struct DocCommentTests {
  @Test(
    arguments: [
      ("", nil, nil),
      (" Places an order.\n", "Places an order", nil),
      (" No full stop\n", "No full stop", nil),
      (" First. Second.\n", "First", "Second."),
      (" First\n line. Second\n line.\n", "First line", "Second line."),
      (" At most 1.5 of them, e.g. two. More.\n", "At most 1.5 of them, e.g. two", "More."),
      (" Is it? Yes.\n", "Is it?", "Yes."),
      (" A title\n\n A text.\n", "A title", "A text."),
      (" First.\n\n - one\n - two,\n   three\n", "First", "- one\n- two, three"),
      (" Codes. NOT_FOUND is one.\n", "Codes", "NOT_FOUND is one."),
    ] as [(String, String?, String?)])
  func summaryAndDiscussion(comment: String, summary: String?, discussion: String?) {
    let comment = DocComment(SourceLocation(leadingComment: comment))
    #expect(comment.summary == summary)
    #expect(comment.discussion == discussion)
  }

  @Test func deprecationIsNoPartOfTheText() {
    let comment = DocComment(SourceLocation(leadingComment: " Old.\n"), isDeprecated: true)
    #expect(comment.prose == "Old.")
    #expect(comment.wrapped(to: 80) == ["Old.", "", "- Note: Deprecated."])
  }
}
