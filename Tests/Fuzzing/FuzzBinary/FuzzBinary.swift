import Checks

/// What libFuzzer calls for each input it tries.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzBinary(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  _ = Checks.binary(UnsafeRawBufferPointer(start: start, count: count))
  return 0
}
