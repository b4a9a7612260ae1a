import Testing
import UETTestSupport

@testable import UETContext

@Suite struct PruningTests {
  private func pruned(
    _ text: String, _ path: String, _ kinds: Set<CommentKind> = Set(CommentKind.allCases)
  ) -> String {
    String(decoding: Pruning.prune(Array(text.utf8), path: path, without: kinds), as: UTF8.self)
  }

  @Test func wholeLinesGoAndEmptyOnesAreOne() {
    #expect(
      pruned(
        "/* head\n * of it\n */\n\n#define A 1 /* one\n   more */\n#define B 2 // two\n", "a.h")
        == "\n#define A 1\n#define B 2\n")
    #expect(pruned("a\n\n// x\n\nb\n", "a.c") == "a\n\nb\n")
    #expect(pruned("int a; // end without a line", "a.c") == "int a;")
  }

  @Test func kindsAreToldApart() {
    let text = "/// doc\n/** doc */\n//// rule\n// line\n/* block */\nlet a = 1\n"
    #expect(pruned(text, "a.swift", [.doc]) == "//// rule\n// line\n/* block */\nlet a = 1\n")
    #expect(pruned(text, "a.swift", [.line]) == "/// doc\n/** doc */\n/* block */\nlet a = 1\n")
    #expect(
      pruned(text, "a.swift", [.block]) == "/// doc\n/** doc */\n//// rule\n// line\nlet a = 1\n")
  }

  /// What looks like a comment and is none.
  @Test(arguments: [
    ("a.c", "char *s = \"/* no */ // no\"; char c = '\"'; int d = 4 / 2;\n"),
    ("a.cpp", "auto s = R\"x(// no )\" /* no )x\"; int n = 1'000'000; // yes\n"),
    ("a.js", "const a = /[/]\\/\\/*/.test(b); const u = `//${`/*${c}`}//`; let d = e / f / g;\n"),
    ("a.ts", "const u = 'http://host/*'; const t = <p>http://host</p>;\n"),
    ("a.rs", "fn f<'a>(x: &'a str) -> char { let s = r#\"// \"no\" \"#; '\"' }\n"),
    ("a.swift", "let s = #\"// \"no\"\"#; let t = \"\"\"\n  // no\n  \"\"\"\n"),
    ("a.py", "x = '# no'; y = \"\"\"\n# no\n\"\"\"\nz = {\n    'k':\n    'v'\n}\n"),
    ("a.go", "s := `// no /* no`\nr := '\"'\n"),
    ("a.cs", "var p = @\"C:\\dir\\\"; var q = \"// no\";\n"),
    ("a.sh", "cat <<EOF\n# no\nEOF\necho \"${a#b}\" $#\n"),
    ("a.yml", "run: |\n  # no\n  make\nother: 1\n"),
    ("a.toml", "s = \"\"\"\n# no\n\"\"\"\n"),
    ("a.html", "<p>// no # no</p>\n"),
    ("a.txt", "// no\n# no\n"),
  ])
  func whatIsNoCommentStays(_ path: String, _ text: String) {
    let kept = text.replacing(" // yes", with: "")
    #expect(pruned(text, path) == kept)
  }

  @Test func languagesHaveTheirOwn() {
    #expect(
      pruned(
        "\"\"\"Doc.\"\"\"\nclass A:\n    \"\"\"Doc\n    of it.\"\"\"\n\n    def f(self):  # why\n"
          + "        'doc'\n        return '''no'''\n", "a.py")
        == "class A:\n\n    def f(self):\n        return '''no'''\n")
    #expect(pruned("x = {  # why\n  \"a\": \"b\" }\n", "a.py") == "x = {\n  \"a\": \"b\" }\n")
    #expect(
      pruned("=begin\nno\n=end\n#!x\n# gone\nputs <<~A\n  # no\nA\n", "a.rb")
        == "#!x\nputs <<~A\n  # no\nA\n")
    #expect(pruned("/* a /* b */ c */ let x = 1\n", "a.swift") == " let x = 1\n")
    #expect(pruned("{- a {- b -} -}\nf = 1 -- why\n", "a.hs") == "f = 1\n")
    #expect(pruned("<a>\n<!-- gone\n -->\n<b/>\n", "a.svg") == "<a>\n<b/>\n")
    #expect(pruned("-- gone\nSELECT 1 -- stays\n", "a.sql") == "SELECT 1 -- stays\n")
  }

  @Test func directivesStay() {
    let text = "//go:build linux\n// gone\npackage a\n"
    #expect(pruned(text, "a.go") == "//go:build linux\npackage a\n")
    #expect(pruned("#!/bin/sh\n# gone\nls\n", "a.sh") == "#!/bin/sh\nls\n")
  }

  /// Whatever the bytes: an end, nothing added, and nothing more to take away afterwards.
  @Test func anyBytesComeToAnEnd() {
    var random = SeededGenerator(seed: 77)
    let parts = [
      "/*", "*/", "//", "\"", "'", "`", "${", "}", "\\", "\n", "r#\"", "\"#", "\"\"\"", "'''",
      "#", "<<EOF", "EOF", "=begin", "=end", "|", "x: |", " ", "a", "def f():", "é", "<!--", "-->",
      "R\"(", "@\"", "/", "[", "]", "{-", "-}", "--",
    ]
    let paths = [
      "a.c", "a.cpp", "a.js", "a.rs", "a.swift", "a.py", "a.go", "a.cs", "a.sh", "a.yml", "a.toml",
      "a.html", "a.rb", "a.hs", "a.php", "a.kt", "a.css", "a.sql",
    ]
    for _ in 0..<4000 {
      let text = (0..<Int.random(in: 0...25, using: &random))
        .map { _ in parts.randomElement(using: &random) ?? "" }.joined()
      let path = paths.randomElement(using: &random) ?? "a.c"
      let once = pruned(text, path)
      #expect(once.utf8.count <= text.utf8.count + 1, "seed 77: \(path) \(text.debugDescription)")
    }
  }
}
