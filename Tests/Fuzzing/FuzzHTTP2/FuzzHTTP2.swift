import TransportChecks

/// What libFuzzer calls for each input it tries.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzHTTP2(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  HTTP2Checks.check(UnsafeRawBufferPointer(start: start, count: count))
  return 0
}
