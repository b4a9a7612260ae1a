/// How one language writes comments and what hides them: enough to take comments out and nothing
/// else. Where a language cannot be read without its grammar, only comments that are whole lines
/// are taken out.
struct CommentSyntax: Sendable {
  /// What begins a comment to the end of its line.
  var line: [String] = []
  /// What begins and ends a comment, and whether they nest.
  var blocks: [(open: String, close: String, nests: Bool)] = []
  /// What begins a comment that documents what follows or holds it.
  var docs: [String] = []
  /// Quotation marks of texts that end with their line at the latest.
  var quotes: [UInt8] = []
  /// Quotation marks of texts that go over lines.
  var longQuotes: [String] = []
  /// What takes the meaning from a quotation mark inside of a text.
  var hasBackslash = true
  /// `r"…"`, `r#"…"#`, `R"x(…)x"`, `#"…"#`, `@"…"`.
  var raw: Raw?
  /// Whether `'` may stand alone: lifetimes, apostrophes of numbers.
  var looseApostrophe = false
  /// `` `…${…}…` `` and `/…/`.
  var isScript = false
  /// A text that is a statement of its own is a comment.
  var hasDocstrings = false
  /// Only lines that begin with a mark of `line` are comments, outside of texts that go over lines.
  var isByLine = false
  /// `<<WORD` begins a text that goes to a line with that word.
  var hasHeredocs = false
  /// `key: |` begins a text of all lines that are indented more.
  var hasBlockScalars = false

  enum Raw { case rust, cpp, swift, csharp }

  /// The syntax of a file by its name; nil where comments are unknown or there are none.
  static func of(_ path: String) -> CommentSyntax? {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    if let known = byName[name] { return known }
    guard let dot = name.lastIndex(of: ".") else { return nil }
    return byEnding[name[name.index(after: dot)...].lowercased()]
  }

  private static let slashes = CommentSyntax(
    line: ["//"], blocks: [("/*", "*/", false)], docs: ["///", "//!", "/**", "/*!"],
    quotes: [UInt8(ascii: "\""), UInt8(ascii: "'")])

  private static func like(
    _ syntax: CommentSyntax, _ change: (inout CommentSyntax) -> Void
  ) -> CommentSyntax {
    var syntax = syntax
    change(&syntax)
    return syntax
  }

  private static let cpp = like(slashes) { ($0.raw, $0.looseApostrophe) = (.cpp, true) }
  private static let java = like(slashes) { $0.longQuotes = ["\"\"\""] }
  private static let nesting = like(java) { $0.blocks = [("/*", "*/", true)] }
  private static let swift = like(nesting) {
    ($0.raw, $0.quotes) = (.swift, [UInt8(ascii: "\"")])
  }
  private static let rust = like(slashes) {
    $0.blocks = [("/*", "*/", true)]
    ($0.raw, $0.looseApostrophe) = (.rust, true)
    // A text of Rust goes over lines.
    ($0.quotes, $0.longQuotes) = ([UInt8(ascii: "'")], ["\""])
  }
  private static let go = like(slashes) { $0.longQuotes = ["`"] }
  private static let script = like(slashes) { $0.isScript = true }
  private static let csharp = like(java) { $0.raw = .csharp }
  private static let php = like(slashes) {
    ($0.quotes, $0.longQuotes) = ([], ["\"", "'"])
    $0.hasHeredocs = true
  }
  private static let python = CommentSyntax(
    line: ["#"], quotes: [UInt8(ascii: "\""), UInt8(ascii: "'")],
    longQuotes: ["\"\"\"", "'''"], hasDocstrings: true)
  private static let css = CommentSyntax(blocks: [("/*", "*/", false)], quotes: [0x22, 0x27])
  private static let markup = CommentSyntax(blocks: [("<!--", "-->", false)])
  private static let hash = CommentSyntax(line: ["#"], isByLine: true)
  private static let shell = like(hash) { $0.hasHeredocs = true }
  private static let ruby = like(shell) { $0.blocks = [("=begin", "=end", false)] }
  private static let yaml = like(hash) { $0.hasBlockScalars = true }
  private static let toml = like(hash) { $0.longQuotes = ["\"\"\"", "'''"] }
  private static let elixir = like(hash) { $0.longQuotes = ["\"\"\"", "'''"] }
  private static let haskell = CommentSyntax(
    line: ["--"], blocks: [("{-", "-}", true)], docs: ["-- |", "{-|"], quotes: [0x22],
    looseApostrophe: true)
  private static let sql = CommentSyntax(line: ["--"], isByLine: true)
  private static let lua = CommentSyntax(line: ["--"], docs: ["---"], isByLine: true)
  private static let lisp = CommentSyntax(line: [";"], isByLine: true)
  private static let erlang = CommentSyntax(line: ["%"], isByLine: true)

  private static let byName: [String: CommentSyntax] = [
    "Makefile": hash, "GNUmakefile": hash, "Dockerfile": hash, "Gemfile": ruby, "Rakefile": ruby,
    "CMakeLists.txt": hash, ".gitignore": hash, ".gitattributes": hash,
  ]

  private static let byEnding: [String: CommentSyntax] = {
    let groups: [(CommentSyntax, String)] = [
      (cpp, "c h cc cpp cxx hh hpp hxx m mm ino cu proto"), (java, "java groovy gradle dart"),
      (nesting, "kt kts scala sc"), (swift, "swift"), (rust, "rs"), (go, "go"),
      (script, "js jsx ts tsx mjs cjs mts cts"), (csharp, "cs"), (php, "php"),
      (python, "py pyi pyx"), (css, "css"), (markup, "html htm xml svg vue svelte xhtml"),
      (shell, "sh bash zsh"), (ruby, "rb rake gemspec"), (yaml, "yml yaml"), (toml, "toml"),
      (elixir, "ex exs"), (haskell, "hs"), (sql, "sql"), (lua, "lua"),
      (lisp, "clj cljs edn lisp el scm"), (erlang, "erl hrl"),
      (hash, "pl pm r jl tcl mk cmake conf cfg nix tf hcl graphql"),
    ]
    var table: [String: CommentSyntax] = [:]
    for (syntax, endings) in groups {
      for ending in endings.split(separator: " ") { table[String(ending)] = syntax }
    }
    return table
  }()
}
