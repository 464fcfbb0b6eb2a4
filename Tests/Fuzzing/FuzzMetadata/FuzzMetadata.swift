import TransportChecks

/// What libFuzzer calls for each input it tries.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzMetadata(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  MetadataChecks.check(UnsafeRawBufferPointer(start: start, count: count))
  return 0
}
