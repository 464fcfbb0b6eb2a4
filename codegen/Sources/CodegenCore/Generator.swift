public import ProtobufC

/// The generator: a request of protoc in, files or the contract's mistakes out.
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
    if let refusal = refusal(diagnostics) { return refusal }
    let files = Self.files(parameters.output, packages, builder)
    // A document follows references into files that are not generated.
    return refusal(diagnostics) ?? CodeGeneratorResponse(files: files)
  }

  private static func files(
    _ output: Parameters.Output, _ packages: [PackageModel], _ builder: ModelBuilder
  ) -> [CodeGeneratorResponse.File] {
    let types = TypeIndex(builder)
    return switch output {
    case .contracts: packages.flatMap { ContractEmitter($0).files }.map(\.file)
    case .routes:
      (packages.compactMap { RoutesEmitter($0).file } + [RoutesEmitter.aggregate(packages)]).map(
        \.file)
    case .tests:
      (packages.map { ContractCasesEmitter($0).file }
        + [ContractCasesEmitter.aggregate(packages)]).map(\.file)
    case .registry:
      (packages.compactMap { RegistryEmitter($0, types).file }
        + [RegistryEmitter.aggregate(packages)]).map(\.file)
    case .descriptors: [DescriptorsEmitter(packages, builder.schema).file.file]
    case .openapi: [OpenAPIEmitter(packages, types).file].compactMap { $0 }
    case .access: [AccessTableEmitter(packages).file].compactMap { $0 }
    case .topics: [TopicListEmitter(packages).file].compactMap { $0 }
    case .policies: [AuthorizationPolicyEmitter(packages).file].compactMap { $0 }
    }
  }

  private static func refusal(_ diagnostics: Diagnostics) -> CodeGeneratorResponse? {
    guard !diagnostics.all.isEmpty else { return nil }
    let sentences = Set(diagnostics.all).sorted().map(\.description)
    return CodeGeneratorResponse(error: sentences.joined(separator: "\n"))
  }
}
