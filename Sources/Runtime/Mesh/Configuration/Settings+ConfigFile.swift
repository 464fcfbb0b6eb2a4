import Foundation
internal import ProcessKit

extension Settings {
  /// What stands in the file that a setting names; nil, and every problem, if it cannot be read, and nil if
  /// nothing is set.
  mutating func configFile<Config>(
    _ key: String, _ read: ([UInt8]) throws(ServiceConfigError) -> Config
  ) -> Config? {
    guard has(key) else { return nil }
    let path = file(key)
    guard let json = FileManager.default.contents(atPath: path) else { return nil }
    do throws(ServiceConfigError) { return try read(Array(json)) } catch {
      for problem in error.problems {
        let rule = "\(path): " + (problem.field.isEmpty ? "" : "\(problem.field) ") + problem.rule
        note(key, rule, problem.value)
      }
      return nil
    }
  }
}
