/// A message on its way through a call: its bytes, and what compression has to do with them.
package struct EncodedMessage: Sendable {
  /// What is, or will be, of a message's compression.
  package enum Form: Sendable, Hashable {
    /// It is as it is.
    case plain
    /// It is compressed.
    case compressed
    /// It is as it is, and is compressed before it leaves if its call compresses.
    case compressible
  }

  package let bytes: [UInt8]
  package let form: Form

  package init(_ bytes: [UInt8], _ form: Form) {
    self.bytes = bytes
    self.form = form
  }

  package var isCompressed: Bool {
    if case .compressed = self.form { true } else { false }
  }
}
