import Testing

@testable import Registry

/// Distances that can be counted by hand.
@Suite struct EditDistanceTests {
  @Test(arguments: [
    ("", "", 0), ("a", "", 1), ("", "abc", 3), ("order", "order", 0), ("ordr", "order", 1),
    ("oredr", "order", 1), ("kitten", "sitting", 3), ("ca", "abc", 3),
  ])
  func between(left: String, right: String, distance: Int) {
    #expect(EditDistance.between(Array(left.utf8), Array(right.utf8)) == distance)
    #expect(EditDistance.between(Array(right.utf8), Array(left.utf8)) == distance)
  }
}
