/// Proves at compile time that generated code and this module belong together.
///
/// Every generated file that uses the module names the version it needs. If that line does not
/// compile, another version of the generator wrote the file: run `make generate`. When the number
/// moves: codegen/README.md, "Versions".
public enum GeneratedCodeVersion_1 {}
