import TransportChecks

/// What libFuzzer calls for each input it tries.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzFraming(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  FramingChecks.check(UnsafeRawBufferPointer(start: start, count: count))
  return 0
}
