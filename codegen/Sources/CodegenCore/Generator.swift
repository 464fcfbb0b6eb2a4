public import ProtobufC

/// The generator: a request of protoc in, Swift files or the contract's mistakes out.
public enum Generator {
  /// The version of what the generator writes, in the header of every file.
  ///
  /// It moves with a release: the last part where the same contracts give other text, the middle
  /// one where they give more, the first where code that uses the generated code has to change.
  public static let version = "0.1.0"

  /// The generator's name and version.
  static let title = "protoc-gen-alphintra \(version)"

  /// Answers a request.
  ///
  /// The answer depends on the request alone: the same contracts give the same bytes.
  public static func respond(to request: CodeGeneratorRequest) -> CodeGeneratorResponse {
    let parameters: Parameters
    do throws(ParametersError) {
      parameters = try Parameters(request.parameter)
    } catch {
      return CodeGeneratorResponse(error: error.description)
    }
    let diagnostics = Diagnostics()
    let builder = ModelBuilder(Schema(request.files), parameters, diagnostics)
    let packages = builder.packages(of: Set(request.filesToGenerate))
    ContractRules(packages, diagnostics).check()
    guard diagnostics.all.isEmpty else {
      let sentences = Set(diagnostics.all).sorted().map(\.description)
      return CodeGeneratorResponse(error: sentences.joined(separator: "\n"))
    }
    let files =
      switch parameters.output {
      case .contracts: packages.flatMap { ContractEmitter($0).files }
      case .routes:
        packages.compactMap { RoutesEmitter($0).file } + [RoutesEmitter.aggregate(packages)]
      }
    return CodeGeneratorResponse(files: files.map(\.file))
  }
}
