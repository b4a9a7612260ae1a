/// A model's name as programs print it, and what it may stand for, nearest first.
///
/// What is taken off: a note in brackets at the end (`[1m]`), the provider in front, a date or
/// version of the release at the end. A name is never completed, and never taken for one of another
/// generation.
package struct ModelName: Sendable {
  package let candidates: [(provider: String?, name: String)]

  /// Prefixes of names, and the provider whose list prices they stand for. Resellers with prices of
  /// their own are not among them.
  private static let prefixes: [String: String?] = [
    "anthropic": "anthropic", "openai": "openai", "gemini": "google", "google": "google",
    "models": nil, "mistral": "mistral", "mistralai": "mistral", "moonshot": "moonshotai",
    "moonshotai": "moonshotai", "deepseek": "deepseek", "xai": "x-ai", "x-ai": "x-ai",
    "zai": "zai", "z-ai": "zai", "minimax": "minimax", "dashscope": "alibaba", "qwen": "alibaba",
    "openrouter": nil, "litellm_proxy": nil, "vertex_ai": nil, "azure": "openai",
  ]

  package init(_ text: String, provider: String? = nil) {
    var name = text.lowercased()
    if name.hasSuffix("]"), let open = name.lastIndex(of: "[") { name = String(name[..<open]) }
    var provider = provider.map { Self.prefixes[$0.lowercased()] ?? $0.lowercased() } ?? nil
    while let slash = name.firstIndex(of: "/") {
      let prefix = String(name[..<slash])
      // An unknown one may be anybody's: there is no price for it.
      guard let known = Self.prefixes[prefix] else { break }
      provider = known ?? provider
      name = String(name[name.index(after: slash)...])
    }
    // Bedrock's name for the price without a surcharge of the region.
    if name.hasPrefix("global.anthropic.") {
      (provider, name) = ("anthropic", String(name.dropFirst(17)))
    }
    var names = [name]
    func add(_ other: String) {
      if !other.isEmpty, !names.contains(other) { names.append(other) }
    }
    for known in names { add(Self.withoutRelease(known)) }
    for known in names where known.hasPrefix("claude-") { add(known.replacing(".", with: "-")) }
    for known in names where known.hasSuffix("-latest") && known.contains(where: \.isNumber) {
      add(String(known.dropLast(7)))
    }
    candidates = names.map { (provider, $0) }
  }

  /// Without `@...`, `-vN:N`, `-vN`, `-YYYYMMDD`, `-YYYY-MM-DD` or `-preview-MM-DD` at the end.
  private static func withoutRelease(_ text: String) -> String {
    var name = Array(text.utf8)
    if let at = name.lastIndex(of: UInt8(ascii: "@")) { name.removeSubrange(at...) }
    let versions = text.hasPrefix("claude-") ? ["-v#:#", "-v#"] : []
    for shape in versions + ["-20##-##-##", "-20######", "-preview-##-##"] {
      let end = name.suffix(shape.utf8.count)
      let fits =
        end.count == shape.utf8.count
        && zip(end, shape.utf8).allSatisfy { byte, wanted in
          wanted == UInt8(ascii: "#") ? (48...57).contains(byte) : byte == wanted
        }
      if fits { name.removeLast(end.count) }
    }
    return String(decoding: name, as: UTF8.self)
  }
}

extension PriceBook {
  /// The model that a name stands for; nil where the book has none by the rules above.
  package func resolve(_ text: String, provider: String? = nil) -> Key? {
    for candidate in ModelName(text, provider: provider).candidates {
      if let key = find(candidate.name, provider: candidate.provider) { return key }
    }
    return nil
  }
}
