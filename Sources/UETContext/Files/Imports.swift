/// Which files of the repository a file names: by its includes, imports and requires. What names
/// something outside of the repository is passed over.
package struct Imports {
  private let index: PathIndex

  package init(_ index: PathIndex) { self.index = index }

  /// A package that is a folder brings at most so many files.
  private static let mostOfFolder = 12

  /// The files that a file names, each once, in the order of the text.
  package func files(of path: String, text: [UInt8]) -> [String] {
    let ending = PathIndex.name(path).split(separator: ".").last.map { $0.lowercased() } ?? ""
    guard let language = Self.languages[ending] else { return [] }
    let folder = String(PathIndex.folder(path))
    var found: [String] = []
    var isInGroup = false
    for line in text.split(separator: UInt8(ascii: "\n")) where line.count < 1000 {
      let words = String(decoding: line, as: UTF8.self).drop { $0 == " " || $0 == "\t" }
      found += named(by: words, in: folder, language, &isInGroup)
    }
    var seen: Set<String> = [path]
    return found.filter { seen.insert($0).inserted }
  }

  private enum Language { case c, python, script, go, rust, jvm, ruby, php, proto, css, shell }

  private static let languages: [String: Language] = {
    let groups: [(Language, String)] = [
      (.c, "c h cc cpp cxx hh hpp hxx m mm ino cu"), (.python, "py pyi pyx"),
      (.script, "js jsx ts tsx mjs cjs mts cts vue svelte"), (.go, "go"), (.rust, "rs"),
      (.jvm, "java kt kts scala groovy"), (.ruby, "rb rake"), (.php, "php"),
      (.proto, "proto thrift"), (.css, "scss sass less css"), (.shell, "sh bash"),
    ]
    var table: [String: Language] = [:]
    for (language, endings) in groups {
      for ending in endings.split(separator: " ") { table[String(ending)] = language }
    }
    return table
  }()

  private func named(
    by line: Substring, in folder: String, _ language: Language, _ isInGroup: inout Bool
  ) -> [String] {
    switch language {
    case .c: c(line, folder)
    case .python: python(line, folder)
    case .script:
      Self.quoted(line, after: ["from", "import", "require", "import("])
        .flatMap { script($0, folder) }
    case .go: go(line, &isInGroup)
    case .rust: rust(line, folder)
    case .jvm: jvm(line)
    case .ruby: ruby(line, folder)
    case .php: php(line, folder)
    case .proto:
      line.hasPrefix("import") ? Self.quotes(line).flatMap { index.ending(in: $0) } : []
    case .css: css(line, folder)
    case .shell: shell(line, folder)
    }
  }

  /// The one that is meant: in the folder itself, else by its end where only one has it.
  private func one(_ name: String, _ folder: String) -> [String] {
    if let near = PathIndex.joined(folder, name), index.contains(near) { return [near] }
    let clean = name.hasPrefix("./") ? String(name.dropFirst(2)) : name
    let all = clean.hasPrefix("../") ? [] : index.ending(in: clean)
    return all.count == 1 ? all : []
  }

  private func c(_ line: Substring, _ folder: String) -> [String] {
    guard line.hasPrefix("#") else { return [] }
    let rest = line.dropFirst().drop { $0 == " " }
    guard rest.hasPrefix("include") || rest.hasPrefix("import") else { return [] }
    if let name = Self.quotes(rest).first { return one(name, folder) }
    guard let open = rest.firstIndex(of: "<"), let close = rest.firstIndex(of: ">"), open < close
    else { return [] }
    let name = String(rest[rest.index(after: open)..<close])
    return name.contains("/") ? one(name, "") : []
  }

  private func python(_ line: Substring, _ folder: String) -> [String] {
    let words = line.split { $0 == " " || $0 == "," || $0 == "(" || $0 == ")" || $0 == "\r" }
      .map(String.init)
    if words.first == "import" {
      return words.dropFirst().prefix { $0 != "as" && !$0.hasPrefix("#") }
        .flatMap { module($0, folder) }
    }
    guard words.count > 3, words[0] == "from", words[2] == "import" else { return [] }
    let dots = words[1].prefix { $0 == "." }.count
    let name = String(words[1].dropFirst(dots))
    guard dots == 0 || PathIndex.joined(folder, String(repeating: "../", count: dots - 1)) != nil
    else { return [] }
    let parts = words.dropFirst(3).prefix { $0 != "as" && !$0.hasPrefix("#") }
    if dots == 0 {
      let inner = parts.flatMap { module("\(name).\($0)", folder) }
      return inner + module(name, folder)
    }
    let base = PathIndex.joined(folder, String(repeating: "../", count: dots - 1)) ?? ""
    let below = name.split(separator: ".").joined(separator: "/")
    let root = PathIndex.joined(base, below) ?? base
    let inner = parts.compactMap { PathIndex.joined(root, $0) }.flatMap(pythonFile)
    return inner + pythonFile(root)
  }

  private func pythonFile(_ path: String) -> [String] {
    ["\(path).py", "\(path)/__init__.py", "\(path).pyi"].filter(index.contains).prefix(1).map { $0 }
  }

  /// A module by its whole name: its path may begin anywhere, as below `src`.
  private func module(_ name: String, _ folder: String) -> [String] {
    let path = name.split(separator: ".").joined(separator: "/")
    guard !path.isEmpty else { return [] }
    if let near = PathIndex.joined(folder, path), let file = pythonFile(near).first {
      return [file]
    }
    let all = index.ending(in: path + ".py") + index.ending(in: path + "/__init__.py")
    return all.count == 1 || (path.contains("/") && all.count < 4) ? all : []
  }

  private static let scriptEndings = [
    "", ".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".vue", ".svelte", ".json", ".d.ts",
    "/index.ts", "/index.tsx", "/index.js", "/index.jsx", "/index.mjs",
  ]

  private func script(_ name: String, _ folder: String) -> [String] {
    var path: String?
    if name.hasPrefix(".") {
      path = PathIndex.joined(folder, name)
    } else if let slash = name.firstIndex(of: "/"), ["@", "~", "#"].contains(name[..<slash]) {
      // What is configured as the root of the sources.
      let rest = String(name[name.index(after: slash)...])
      return Self.scriptEndings.lazy.map { index.ending(in: "src/" + rest + $0) }
        .first { $0.count == 1 } ?? []
    }
    guard let path else { return [] }
    // `./x.js` of a TypeScript file means `./x.ts`.
    let bare = path.hasSuffix(".js") ? String(path.dropLast(3)) : path
    return (Self.scriptEndings.map { path + $0 } + [bare + ".ts", bare + ".tsx"])
      .filter(index.contains).prefix(1).map { $0 }
  }

  private func go(_ line: Substring, _ isInGroup: inout Bool) -> [String] {
    if line.hasPrefix("import (") || line.hasPrefix("import(") { isInGroup = true }
    if line.hasPrefix(")") { isInGroup = false }
    guard isInGroup || line.hasPrefix("import "), let name = Self.quotes(line).first,
      name.contains("/")
    else { return [] }
    // The module's own name stands before the path: the longest end that is a folder.
    var parts = name.split(separator: "/").map(String.init)[...]
    while !parts.isEmpty {
      let files = index.files(in: parts.joined(separator: "/"))
        .filter { $0.hasSuffix(".go") && !$0.hasSuffix("_test.go") }
      if !files.isEmpty { return Array(files.prefix(Self.mostOfFolder)) }
      parts = parts.dropFirst()
    }
    return []
  }

  private func rust(_ line: Substring, _ folder: String) -> [String] {
    let words = line.hasPrefix("pub ") ? line.dropFirst(4) : line
    if words.hasPrefix("mod "), let end = words.firstIndex(of: ";") {
      let name = String(words[words.index(words.startIndex, offsetBy: 4)..<end])
      return ["\(folder)/\(name).rs", "\(folder)/\(name)/mod.rs", "\(name).rs"]
        .filter(index.contains).prefix(1).map { $0 }
    }
    guard words.hasPrefix("use ") else { return [] }
    let path = words.dropFirst(4).prefix { $0 != ";" && $0 != "{" && $0 != " " }
    var parts = path.split(separator: ":").map(String.init)[...]
    guard let first = parts.popFirst() else { return [] }
    let root: String
    switch first {
    case "crate":
      let above = folder.range(of: "src").map { folder[..<$0.upperBound] }
      root = above.map(String.init) ?? folder
    case "super": root = String(PathIndex.folder(folder))
    case "self": root = folder
    default: return []
    }
    while !parts.isEmpty {
      let base = PathIndex.joined(root, parts.joined(separator: "/")) ?? ""
      for file in ["\(base).rs", "\(base)/mod.rs"] where index.contains(file) { return [file] }
      parts = parts.dropLast()
    }
    return []
  }

  private func jvm(_ line: Substring) -> [String] {
    guard line.hasPrefix("import ") else { return [] }
    var name = line.dropFirst(7).prefix { $0 != ";" && $0 != "\r" }
    if name.hasPrefix("static ") { name = name.dropFirst(7) }
    let path = name.split(separator: ".").map { $0.filter { $0 != " " } }
    guard path.count > 1, path.last != "*", path.last != "_" else { return [] }
    // A member of a class may be named behind it.
    for parts in [path, path.dropLast()] {
      let base = parts.joined(separator: "/")
      for ending in [".java", ".kt", ".scala", ".groovy"] {
        let all = index.ending(in: base + ending)
        if !all.isEmpty, all.count < 4 { return all }
      }
    }
    return []
  }

  private func ruby(_ line: Substring, _ folder: String) -> [String] {
    guard line.hasPrefix("require"), let name = Self.quotes(line).first else { return [] }
    let file = name.hasSuffix(".rb") ? name : name + ".rb"
    if line.hasPrefix("require_relative") {
      return PathIndex.joined(folder, file).map { [$0] }?.filter(index.contains) ?? []
    }
    let all = index.ending(in: "lib/" + file)
    return all.count == 1 ? all : []
  }

  private func php(_ line: Substring, _ folder: String) -> [String] {
    if line.hasPrefix("use ") {
      let name = line.dropFirst(4).prefix { $0 != ";" && $0 != " " && $0 != "{" }
      var parts = name.split(separator: "\\").map(String.init)[...]
      while parts.count > 1 {
        let all = index.ending(in: parts.joined(separator: "/") + ".php")
        if !all.isEmpty { return all.count < 4 ? all : [] }
        parts = parts.dropFirst()
      }
      return []
    }
    guard line.hasPrefix("require") || line.hasPrefix("include") else { return [] }
    return Self.quotes(line).flatMap {
      one($0.hasPrefix("/") ? String($0.dropFirst()) : $0, folder)
    }
  }

  private func css(_ line: Substring, _ folder: String) -> [String] {
    guard line.hasPrefix("@import") || line.hasPrefix("@use") || line.hasPrefix("@forward") else {
      return []
    }
    return Self.quotes(line).flatMap { name -> [String] in
      guard let path = PathIndex.joined(folder, name) else { return [] }
      let (above, last) = (PathIndex.folder(path), PathIndex.name(path))
      let partial = above.isEmpty ? "_\(last)" : "\(above)/_\(last)"
      return [path, "\(path).scss", "\(partial).scss", "\(path).less", "\(path).css"]
        .filter(index.contains).prefix(1).map { $0 }
    }
  }

  private func shell(_ line: Substring, _ folder: String) -> [String] {
    let words = line.split(separator: " ")
    guard words.count > 1, words[0] == "." || words[0] == "source" else { return [] }
    let name = words[1].filter { $0 != "\"" && $0 != "'" }
    let tail = name.split(separator: "/").drop { $0.contains("$") }.joined(separator: "/")
    return tail.isEmpty ? [] : one(tail, folder)
  }

  /// What stands in quotation marks.
  private static func quotes(_ line: Substring) -> [String] {
    var found: [String] = []
    var rest = line
    while let open = rest.firstIndex(where: { $0 == "\"" || $0 == "'" }) {
      let mark = rest[open]
      rest = rest[rest.index(after: open)...]
      guard let close = rest.firstIndex(of: mark) else { break }
      found.append(String(rest[..<close]))
      rest = rest[rest.index(after: close)...]
    }
    return found
  }

  /// What stands in quotation marks in a line that imports.
  private static func quoted(_ line: Substring, after words: [String]) -> [String] {
    guard words.contains(where: { line.contains($0) }) else { return [] }
    return quotes(line)
  }
}

extension String {
  fileprivate func range(of folder: String) -> Range<String.Index>? {
    var start = startIndex
    while start < endIndex {
      let end = self[start...].firstIndex(of: "/") ?? endIndex
      if self[start..<end] == folder { return start..<end }
      start = end == endIndex ? endIndex : index(after: end)
    }
    return nil
  }
}
