/// Paths in prose: words with a `/` or a known ending, without what only looks like one.
package enum PathWords {
  /// The paths that a text names, in its order, each once, with `{a,b}` written out.
  package static func all(in text: String) -> [NamedPath] {
    let bytes = Array(text.utf8)
    guard bytes.contains(where: { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "/") }) else {
      return []
    }
    var result: [NamedPath] = []
    for word in words(bytes) {
      for plain in alternatives(word) {
        guard let path = path(plain), !result.contains(where: { $0.text == path.text }) else {
          continue
        }
        result.append(path)
      }
    }
    return result
  }

  /// A path of a field that is made for paths: taken as it stands but for its dress.
  package static func declared(_ text: String, found: String) -> [NamedPath] {
    var text = text.trimmed
    while text.utf8.count > 1, text.hasPrefix("`"), text.hasSuffix("`") {
      text = String(text.dropFirst().dropLast())
    }
    if text.hasPrefix("./") { text.removeFirst(2) }
    guard !text.isEmpty, !text.hasPrefix("/"), !text.contains("://"),
      !text.utf8.contains(where: { $0 < 0x20 })
    else { return [] }
    return alternatives(text).map { NamedPath($0, .declared, found: found) }
  }

  /// The items of a line such as `src/a.ts, src/b/*` or `` `src/a.ts` (new) ``.
  package static func declaredList(_ text: String, found: String) -> [NamedPath] {
    words(Array(text.utf8)).filter { $0.contains("/") || $0.contains(".") }
      .map { trimmedWord($0) }.filter { !$0.isEmpty }
      .flatMap { declared($0, found: found) }
  }

  // MARK: Words

  private static func isSeparator(_ byte: UInt8) -> Bool {
    switch byte {
    case 0...0x20, UInt8(ascii: "`"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: ";"),
      UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "|"), UInt8(ascii: "="):
      true
    default: false
    }
  }

  /// Splits at white space, quotes and the like; at a comma only outside of braces.
  private static func words(_ bytes: [UInt8]) -> [String] {
    var result: [String] = []
    var start = 0
    var depth = 0
    var isOfInterest = false
    for index in 0...bytes.count {
      let byte = index < bytes.count ? bytes[index] : 0x20
      if byte == UInt8(ascii: "{") { depth += 1 }
      if byte == UInt8(ascii: "}") { depth = max(0, depth - 1) }
      let isLink =
        byte == UInt8(ascii: "(") && index > 0 && bytes[index - 1] == UInt8(ascii: "]")
      if isSeparator(byte) || isLink || (byte == UInt8(ascii: ",") && depth == 0) {
        if isOfInterest { result.append(String(decoding: bytes[start..<index], as: UTF8.self)) }
        (start, isOfInterest) = (index + 1, false)
        if isSeparator(byte) { depth = 0 }
      } else if byte == UInt8(ascii: ".") || byte == UInt8(ascii: "/") {
        isOfInterest = true
      }
    }
    return result
  }

  /// Without brackets that are not its own, marks of emphasis, and the end of a sentence.
  private static func trimmedWord(_ word: String) -> String {
    var word = Substring(word)
    while true {
      let before = word.utf8.count
      if word.hasPrefix("**"), !word.hasPrefix("**/") { word = word.dropFirst(2) }
      if word.hasSuffix("**"), !word.hasSuffix("/**") { word = word.dropLast(2) }
      if word.first == "_", word.last == "_", word.count > 1 {
        word = word.dropFirst().dropLast()
      }
      if word.first == "(" || word.first == "[" || word.first == ":" || word.first == "," {
        if !(word.first == "[" && word.contains("]/")) { word = word.dropFirst() }
      }
      if let last = word.last, ".,:!?;".contains(last) { word = word.dropLast() }
      if word.last == ")", !word.contains("(") { word = word.dropLast() }
      if word.last == "]", !word.contains("[") { word = word.dropLast() }
      if word.utf8.count == before { return String(word) }
    }
  }

  /// `{a,b}` written out; a word whose braces do not fit stays as it is.
  private static func alternatives(_ word: String) -> [String] {
    guard let open = word.firstIndex(of: "{"), let close = word[open...].firstIndex(of: "}"),
      word[open..<close].contains(",")
    else { return [word] }
    let (head, tail) = (word[..<open], word[word.index(after: close)...])
    let parts = word[word.index(after: open)..<close].split(separator: ",")
    guard parts.count <= 32, !parts.contains(where: { $0.contains("{") }) else { return [word] }
    return parts.flatMap { alternatives(head + $0.trimmed + tail) }.prefix(64).map { $0 }
  }

  // MARK: What is a path

  private static func path(_ word: String) -> NamedPath? {
    var text = trimmedWord(word)
    if text.hasPrefix("./") { text.removeFirst(2) }
    text = withoutPosition(text)
    guard let first = text.utf8.first, text.utf8.count <= 400, !text.contains("://"),
      first != UInt8(ascii: "/"), first != UInt8(ascii: "~"), first != UInt8(ascii: "@"),
      first != UInt8(ascii: "$"), first != UInt8(ascii: "-"), first != UInt8(ascii: "#"),
      !text.contains("//"), !text.split(separator: "/").contains(".."),
      text.utf8.allSatisfy(isPathByte)
    else { return nil }
    return text.utf8.contains(UInt8(ascii: "/")) ? nested(text) : bare(text)
  }

  private static func nested(_ text: String) -> NamedPath? {
    let parts = text.split(separator: "/")
    guard let last = parts.last, parts.contains(where: { $0.utf8.contains { $0.isLetter } }) else {
      return nil
    }
    if text.hasSuffix("/") {
      return NamedPath(text, .prose, found: "text", needsProof: parts.count == 1 && !isLower(text))
    }
    let isHost = parts[0].split(separator: ".").last.map { hosts.contains(String($0)) } ?? false
    if parts[0].utf8.first != UInt8(ascii: "."), parts[0].contains("."), isHost {
      return NamedPath(text, .prose, found: "text", needsProof: true)
    }
    let isFile = ending(last) != nil || last.hasPrefix(".") || last.contains("*")
    // `Node.js/Express.js` names no file: all of its parts have an ending.
    let isNames = parts.count > 1 && parts.allSatisfy { ending($0) != nil }
    return NamedPath(text, .prose, found: "text", needsProof: !isFile || isNames)
  }

  private static func bare(_ text: String) -> NamedPath? {
    if text.hasPrefix("."), text.utf8.count > 2, text.dropFirst().utf8.allSatisfy(isNameByte),
      text.dropFirst().utf8.first?.isLetter == true
    {
      // `.eslintrc.json` is a file, `.ts` more often a kind of file.
      let isEnding = endings.contains(text.dropFirst().lowercased())
      return isEnding ? nil : NamedPath(text, .prose, found: "text", needsProof: !isDotFile(text))
    }
    guard let ending = ending(Substring(text)), endings.contains(ending),
      !products.contains(text.lowercased()), !text.contains("*")
    else { return nil }
    return NamedPath(text, .prose, found: "text")
  }

  private static func isDotFile(_ text: String) -> Bool {
    text.hasSuffix("rc") || text.hasSuffix("ignore") || text.hasPrefix(".env")
      || text.dropFirst().contains(".")
  }

  private static func isLower(_ text: String) -> Bool {
    text.utf8.allSatisfy { !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
  }

  /// Without `:12`, `:12:3` and `#L12` at the end.
  private static func withoutPosition(_ text: String) -> String {
    if let hash = text.firstIndex(of: "#"), hash != text.startIndex { return String(text[..<hash]) }
    guard let colon = text.firstIndex(of: ":"), colon != text.startIndex,
      text[text.index(after: colon)...].utf8.allSatisfy({
        $0.isDigit || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "-")
      })
    else { return text }
    return String(text[..<colon])
  }

  private static func isPathByte(_ byte: UInt8) -> Bool {
    isNameByte(byte) || byte >= 0x80
      || [
        UInt8(ascii: "/"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "@"),
        UInt8(ascii: "$"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "["),
        UInt8(ascii: "]"), UInt8(ascii: "~"),
      ].contains(byte)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    byte.isWordByte || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
  }

  /// What follows the last dot of a name: a letter, then at most nine letters or digits.
  private static func ending(_ name: Substring) -> String? {
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return nil }
    let ending = name[name.index(after: dot)...]
    guard let first = ending.utf8.first, first.isLetter, ending.utf8.count <= 10,
      ending.utf8.allSatisfy({ $0.isLetter || $0.isDigit })
    else { return nil }
    return ending.lowercased()
  }

  /// Endings by which a name without a folder is taken for a file.
  private static let endings: Set<String> = Set(
    """
    adoc astro avdl bash bat c cc cfg cjs clj cljs cmake conf cpp cs css csv cts cu cxx dart dockerfile eex el \
    elm env erb erl ex exs feature fish fs fsx gd gleam go gql gradle graphql groovy h haml hbs heex hh hpp hs html \
    htm hxx ini ipynb java jinja jl js json json5 jsonc jsonl jsx kt kts less lock lua m md mdx mjs ml mli mm mod \
    mts nim nix php pl plist pm po prisma proto ps1 pug py pyi pyx r rake rb rego res resx rs rst sass sbt scala \
    scm scss sh snap sol sql storyboard styl sum svelte svg swift tcl tex tf tfvars thrift tmpl toml ts tsv tsx txt \
    v vb vhd vue wasm xaml xib xml xsd yaml yml zig zsh
    """.split { $0 == " " || $0 == "\n" }.map(String.init))

  /// Names of programs and the like that end like files.
  private static let products: Set<String> = Set(
    """
    node.js vue.js next.js nuxt.js react.js three.js d3.js express.js chart.js alpine.js angular.js backbone.js \
    ember.js p5.js moment.js socket.io asp.net discord.js bun.sh deno.ts nest.js tailwind.css
    """.split { $0 == " " || $0 == "\n" }.map(String.init))

  private static let hosts: Set<String> = ["com", "org", "net", "io", "dev", "app", "ai", "co"]
}
