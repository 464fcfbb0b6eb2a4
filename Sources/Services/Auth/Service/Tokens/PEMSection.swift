/// One section of a PEM text (RFC 7468), with its markers.
struct PEMSection {
  /// The words between the dashes: `PRIVATE KEY`.
  let label: String
  /// The section from the first marker to the last.
  let text: String

  /// The sections of a text in their order; what stands between them is explanation.
  ///
  /// A section that does not end reaches to the end of the text: its reader will refuse it.
  static func all(in text: String) -> [PEMSection] {
    var sections: [PEMSection] = []
    var open: (label: String, lines: [Substring])?
    for line in text.split(whereSeparator: \.isNewline) {
      if let label = label(of: line, after: "-----BEGIN "), open == nil {
        open = (label, [line])
      } else if var section = open {
        section.lines.append(line)
        open = section
        if label(of: line, after: "-----END ") != nil {
          sections.append(section)
          open = nil
        }
      }
    }
    if let open { sections.append(open) }
    return sections
  }

  private static func label(of line: Substring, after marker: String) -> String? {
    guard line.hasPrefix(marker) else { return nil }
    let rest = line.dropFirst(marker.count)
    guard let end = rest.firstRange(of: "-----") else { return nil }
    return String(rest[..<end.lowerBound])
  }
}

extension [PEMSection] {
  fileprivate mutating func append(_ section: (label: String, lines: [Substring])) {
    append(
      PEMSection(label: section.label, text: section.lines.joined(separator: "\n") + "\n"))
  }
}
