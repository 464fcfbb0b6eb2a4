/// How far two names are apart: the fewest insertions, removals, replacements and exchanges of
/// neighbours that turn one into the other (optimal string alignment).
enum EditDistance {
  static func between(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var older: [Int] = []
    var last = Array(0...right.count)
    for (row, byte) in left.enumerated() {
      var current = [row + 1]
      for (column, other) in right.enumerated() {
        var best = min(last[column] + (byte == other ? 0 : 1), last[column + 1] + 1)
        best = min(best, current[column] + 1)
        if row > 0, column > 0, byte == right[column - 1], left[row - 1] == other {
          best = min(best, older[column - 1] + 1)
        }
        current.append(best)
      }
      (older, last) = (last, current)
    }
    return last[right.count]
  }
}
