import UETModel

/// A file that is part of this program.
struct StaticFile: Sendable {
  private let type: String
  private let text: String

  /// nil for what is none.
  init?(_ place: Place) {
    switch place {
    case .style: (type, text) = ("text/css; charset=utf-8", StyleSheet.text)
    case .script: (type, text) = ("text/javascript; charset=utf-8", Script.text)
    case .icon: (type, text) = ("image/svg+xml", Script.icon)
    default: return nil
    }
  }

  /// Names this very content.
  private var tag: String {
    // FNV-1a: it tells versions of our own files apart, and proves nothing.
    let hash = text.utf8.reduce(into: UInt64(0xcbf2_9ce4_8422_2325)) { hash, byte in
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    return "\"\(String(hash, radix: 16))\""
  }

  func answer(to request: WebRequest) -> WebAnswer {
    let fields = [("etag", tag), ("cache-control", "no-cache")]
    if request.fields["if-none-match"] == tag { return WebAnswer(304, type, [], fields) }
    return WebAnswer(200, type, Array(text.utf8), fields)
  }
}
