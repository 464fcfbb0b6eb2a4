import ProtobufC

extension ModelBuilder {
  /// When an RPC goes, if its contract says so.
  func deprecation(
    of method: MethodDescriptor, _ options: OptionMessage, _ place: Place
  ) -> DeprecationModel? {
    guard let stated = options.messages("alphintra.options.deprecation").last else { return nil }
    let (since, sunset) = (stated.text("since"), stated.text("sunset"))
    let link = stated.text("link")
    if !method.isDeprecated {
      diagnostics.report(
        place, "\(method.name) says since when it is deprecated, but not that it is",
        "state `option deprecated = true` as well")
    }
    for day in [since, sunset] where day == since || !day.isEmpty {
      guard !DeprecationModel.isDay(day) else { continue }
      diagnostics.report(
        place, "the deprecation of \(method.name) names \"\(day)\", which is no day",
        "write days as 2026-11-01")
    }
    // Days of this form stand in the order of their texts.
    if !sunset.isEmpty, sunset <= since {
      diagnostics.report(
        place, "\(method.name) goes on \(sunset), which is not after \(since)",
        "give clients time between `since` and `sunset`")
    }
    if !link.isEmpty, !DeprecationModel.isLink(link) {
      diagnostics.report(
        place, "the deprecation of \(method.name) links to \"\(link)\", which no client can follow",
        "name a path of the edge or an https URL")
    }
    return DeprecationModel(
      since: since, sunset: sunset.isEmpty ? nil : sunset, link: link.isEmpty ? nil : link)
  }
}

extension DeprecationModel {
  /// Whether a text is a day of the Gregorian calendar, as `2026-11-01`.
  static func isDay(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-") else {
      return false
    }
    let parts = text.split(separator: "-").map { part in
      part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        ? Int(part) : nil
    }
    guard parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2],
      (1...12).contains(month)
    else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    // The headers count from 1970.
    return year >= 1970 && (1...lengths[month - 1]).contains(day)
  }

  /// Whether a text can stand between the angle brackets of a `Link` header.
  static func isLink(_ text: String) -> Bool {
    (text.hasPrefix("/") || text.hasPrefix("https://"))
      && text.utf8.allSatisfy { byte in
        (UInt8(ascii: "!")...UInt8(ascii: "~")).contains(byte) && byte != UInt8(ascii: "<")
          && byte != UInt8(ascii: ">") && byte != UInt8(ascii: "\"")
      }
  }
}
