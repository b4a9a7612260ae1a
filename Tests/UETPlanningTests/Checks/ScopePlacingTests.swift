import Testing
import UETModel

@testable import UETPlanning

/// Scopes compared with the tree that work starts from: links in them, and names of brackets.
@Suite struct ScopePlacingTests {
  /// A tree of paths; a link is `NAME -> TARGET`.
  private func tree(_ lines: [String]) -> BaseTree {
    var folders: [[BaseTree.Name]: [BaseTree.Name: BaseTree.Entry]] = [:]
    for line in lines {
      let parts = line.split(separator: " ").map(String.init)
      let names = parts[0].split(separator: "/").map { $0.unicodeScalars.map(\.value) }
      for end in names.indices {
        let isLast = end == names.count - 1
        let entry: BaseTree.Entry =
          !isLast
          ? .folder : parts.count == 3 ? .link(parts[2]) : parts.count == 2 ? .submodule : .file
        folders[Array(names[..<end]), default: [:]][names[end]] = entry
      }
    }
    return BaseTree { [folders] in folders[$0] ?? [:] }
  }

  private func load(_ scopes: String..., over tree: BaseTree?) -> LoadedBundles {
    let files = scopes.enumerated().map { number, scope in
      let text = "id: ws-\(number)\ntasks: [t]\ntool: claude\n\(scope)\n"
      return BundleFile(path: "\(number).yaml", bytes: Array(text.utf8))
    }
    return BundleLoader.load(files).placed(in: tree)
  }

  @Test(arguments: [
    ("[docs/**]", ["site/content/**"]), ("[docs/a.md]", ["site/content/a.md"]),
    ("[CLAUDE.md]", ["AGENTS.md"]), ("[docs]", ["site/content"]), ("[chain/x]", ["site/content/x"]),
    ("[deep/up/a]", ["src/a"]), ("[\"d*/x\"]", ["site/content/x"]), ("[gone/x]", ["nowhere/x"]),
    ("[all/x]", ["x"]), ("[\"*\"]", []), ("[deep]", []), ("[\"**/a.md\"]", []), ("[src/a]", []),
    ("[docs/inner/z]", ["site/content/inner/z", "src/z"]),
  ])
  func linksAreFollowed(scope: String, added: [String]) throws {
    let base = tree([
      "site/content/a.md", "docs -> site/content", "AGENTS.md", "CLAUDE.md -> AGENTS.md",
      "chain -> docs", "deep/up -> ../src", "src/a", "gone -> nowhere", "all -> .",
      "site/content/inner -> ../../src",
    ])
    let loaded = load("files_scope: \(scope)", over: base)
    #expect(loaded.workstreams[0].scope.writes.dropFirst().map(\.text) == added)
    #expect(loaded.diagnostics.map(\.code) == added.map { _ in "scope_through_link" })
    #expect(!loaded.diagnostics.hasErrors)
  }

  @Test func whatIsBehindALinkIsMatched() {
    let base = tree(["site/content/a.md", "docs -> site/content", "out -> ../elsewhere"])
    let loaded = load(
      "files_scope: {writes: [docs/a.md, docs/gone.md], reads: [\"docs/**\", out/x]}", over: base)
    let files = ["site/content/a.md", "docs", "out"]
    let check = FileCheck(loaded.workstreams, files: files, tree: base)
    #expect(
      check.unmatched.map(\.pattern.text) == ["docs/gone.md", "site/content/gone.md", "out/x"])
    #expect(FileCheck(loaded.workstreams, files: files).unmatched.count == 5)
  }

  @Test func twinsAreToldWhereTheSecondStands() {
    let twins = load("files_scope: [Src/a.c]", "files_scope: [b.c, src/a.c]", over: nil).caseTwins()
    #expect(twins.map(\.code) == ["case_twins"])
    #expect(twins.first?.description.hasPrefix("1.yaml:4:20: warning: 'Src' and 'src'") == true)
  }

  @Test func scopesThatMeetBehindALinkConflict() {
    let base = tree(["site/content/a.md", "docs -> site/content"])
    let loaded = load("files_scope: [docs/a.md]", "files_scope: [\"site/**\"]", over: base)
    let plan = Planner.plan(
      workstreams: loaded.workstreams, dependencies: loaded.dependencies)
    #expect(plan.conflicts(with: 0) == [1])
    let diagnostic = loaded.diagnostics.first
    #expect(diagnostic?.description.hasPrefix("0.yaml:4:15: warning: 'docs/a.md' goes") == true)
    #expect(diagnostic?.place.pointer == "/files_scope/0")
    #expect(diagnostic?.hint == "write 'site/content/a.md'")
  }

  @Test(arguments: [
    ("files_scope: [out/x]", true), ("files_scope: [abs/x]", true), ("files_scope: [a/x]", true),
    ("files_scope: [git/x]", true), ("files_scope: [x]\nfiles_create: [out/y]", true),
    ("files_scope: [out]", false), ("files_scope: {writes: [x], reads: [out/x]}", false),
  ])
  func whatLeadsOutIsRefused(scope: String, isError: Bool) {
    let base = tree([
      "out -> ../elsewhere", "abs -> /etc", "a -> b", "b -> a", "git -> .git/hooks", "x",
    ])
    let loaded = load(scope, over: base)
    #expect(loaded.diagnostics.map(\.code) == ["scope_leads_out"])
    #expect(loaded.diagnostics.hasErrors == isError)
    #expect(loaded.diagnostics.first?.hint != nil)
  }

  @Test func aSubmoduleIsNotWrittenInto() {
    let base = tree(["lib submodule", "x"])
    let loaded = load("files_scope: [lib/l.c]", "files_scope: [lib]", over: base)
    #expect(loaded.diagnostics.map(\.code) == ["scope_in_submodule"])
  }

  @Test(arguments: [
    (["app/[id]/p", "app/d/p"], true), (["app/[id]/p"], false), (["app/d/p"], false), ([], true),
  ])
  func bracketsAreToldWhereTheyAreAmbiguous(paths: [String], isTold: Bool) {
    let loaded = load("files_scope: ['app/[id]/p']", over: tree(paths))
    #expect(loaded.diagnostics.map(\.code) == (isTold ? ["two_readings"] : []))
    if isTold {
      #expect(
        loaded.diagnostics.first?.hint
          == "write 'app/[[]id]/p' for just the name, 'app/{i,d}/p' for just the glob")
    }
  }

  @Test func anotherScopeMakesBracketsAmbiguous() {
    let base = tree(["app/[id]/p"])
    let loaded = load("files_scope: ['app/[id]/p']", "files_scope: [app/d/p]", over: base)
    #expect(loaded.diagnostics.map(\.code) == ["two_readings"])
    #expect(load("files_scope: ['[a-z].c']", over: tree(["b.c"])).diagnostics == [])
  }
}
