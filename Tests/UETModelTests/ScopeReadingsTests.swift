import Testing
import UETModel

/// Brackets and braces that may be part of a name.
@Suite struct ScopeReadingsTests {
  @Test(arguments: [
    ("app/[id]/page.tsx", "app/[id]/page.tsx"), ("app/[id]/page.tsx", "app/d/page.tsx"),
    ("app/[[...sign-in]]/page.tsx", "app/[[...sign-in]]/page.tsx"),
    ("app/[...slug]/**", "app/[...slug]/a/b"), ("app/*/[id]", "app/x/[id]/y"),
    ("[a-c]/[id]/x", "b/[id]/x"), ("[a-c]/[id]/x", "[a-c]/[id]/x"),
    ("[1]/[2]/[3]/[4]/[5]", "[1]/[2]/[3]/[4]/[5]"), ("[1]/[2]/[3]/[4]/[5]", "1/2/3/4/5"),
    ("{[id],x}.c", "[id].c"), ("{{cookiecutter.name}}/a", "{{cookiecutter.name}}/a"),
    ("{{cookiecutter.name}}/a", "cookiecutter.name/a"), ("[z-a]/x", "[z-a]/x"),
  ])
  func coversBothReadings(pattern: String, path: String) throws {
    #expect(try ScopePattern(pattern).matches(path))
  }

  @Test(arguments: [
    ("[*]", "[*]"), ("a[[]b", "a[[]b"), ("app/[[]id]/x", "app/i/x"), ("{a,b}", "{a,b}"),
    ("app/{i,d}/x", "app/[id]/x"), ("[?].c", "[?].c"),
  ])
  func whatIsWrittenForOneMeansOne(pattern: String, path: String) throws {
    #expect(try !ScopePattern(pattern).matches(path))
  }

  @Test(arguments: [
    ("app/[id]/x", "app/[[]id]/x", "app/{i,d}/x"), ("[a-z].c", "[[]a-z].c", nil),
    ("{{x}}/[i]/*", "[{][{]x[}][}]/[[]i]/*", "x/i/*"), ("[!a]", "[[]!a]", nil),
    ("[aa]", "[[]aa]", "a"), ("[*a]", "[[][*]a]", nil),
  ])
  func bothCanBeWrittenAlone(pattern: String, literal: String, glob: String?) throws {
    let pattern = try ScopePattern(pattern)
    #expect(pattern.literalReading?.text == literal)
    #expect(pattern.globReading == glob)
    let name = try #require(pattern.literalReading)
    #expect(ScopePattern.covers([pattern], all: [name]))
    if let glob { #expect(ScopePattern.covers([pattern], all: [try ScopePattern(glob)])) }
  }

  @Test(arguments: ["a/b", "*", "a[*]", "{a,b}/c", "a[[]id]"])
  func mostHaveOneReading(pattern: String) throws {
    #expect(try ScopePattern(pattern).literalReading == nil)
  }

  @Test func manyBracketsStayWithinBounds() throws {
    let text = (1...20).map { "[ab\($0)]" }.joined(separator: "/")
    let pattern = try ScopePattern(text)
    #expect(pattern.alternatives.count == 2)
    #expect(pattern.matches(text))
    let makefile = try ScopePattern("[Mm][Aa][Kk][Ee][Ff][Ii][Ll][Ee]")
    #expect(makefile.alternatives.count == 2 && makefile.matches("mAKEfile"))
  }

  @Test func aPathIsSpelled() throws {
    #expect(try ScopePattern("app/[id]/x").spelledPath == "app/[id]/x")
    #expect(try ScopePattern("a/./b/").spelledPath == "a/b")
    #expect(try ScopePattern("app/*/[id]").spelledPath == nil)
  }
}
