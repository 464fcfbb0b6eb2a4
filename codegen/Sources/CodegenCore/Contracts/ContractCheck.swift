public import ProtobufC

/// What `make contracts-check` finds: contracts that do not follow the style, and changes that break
/// someone who was built from the last release.
public enum ContractCheck {
  /// The findings, in the order of their places.
  ///
  /// The answer depends on the two sets alone.
  ///
  /// - Parameters:
  ///   - contracts: The contracts as they are, with source information and imports.
  ///   - baseline: Those of the last release, with imports.
  /// - Throws: ``ContractCheckError`` when the options of one of them cannot be read.
  public static func findings(
    in contracts: FileDescriptorSet, since baseline: FileDescriptorSet
  ) throws(ContractCheckError) -> [Diagnostic] {
    let new = try read(contracts, "the contracts")
    let old = try read(baseline, "the baseline")
    let diagnostics = Diagnostics()
    ContractLint(new, diagnostics).check()
    Compatibility(from: old, to: new, diagnostics).check()
    return Set(diagnostics.all).sorted()
  }

  private static func read(
    _ set: FileDescriptorSet, _ name: String
  ) throws(ContractCheckError) -> ContractSet {
    do throws(OptionError) {
      return try ContractSet(set.files)
    } catch {
      throw ContractCheckError(description: "the options of \(name) cannot be read: \(error)")
    }
  }
}

/// Descriptors that do not follow their own declarations: protoc would have to have written them wrongly.
public struct ContractCheckError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What cannot be read.
  public var description: String
}
