package enum StatusDetails {
  package static func encode(_ error: RPCError) -> [UInt8] { [] }
  package static func decode(_ bytes: [UInt8]) -> [ErrorDetail] { [] }
}
