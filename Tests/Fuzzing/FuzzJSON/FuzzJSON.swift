import Checks

/// What libFuzzer calls for each input it tries.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzJSON(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  _ = Checks.json(UnsafeBufferPointer(start: start, count: count))
  return 0
}
