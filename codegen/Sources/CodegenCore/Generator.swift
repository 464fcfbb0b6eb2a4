public import ProtobufC

/// The generator: a request of protoc in, Swift files or the contract's mistakes out.
public enum Generator {
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
