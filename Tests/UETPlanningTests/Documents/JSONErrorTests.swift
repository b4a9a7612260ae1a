import Testing

@testable import UETPlanning

/// Broken JSON: each mistake gets one clear line.
@Suite struct JSONErrorTests {
  @Test(arguments: cases) func lines(of example: BundleCase) {
    #expect(example.found == example.lines)
  }

  static let cases: [BundleCase] = [
    BundleCase(
      "a.json", "",
      [
        "[empty_file] a.json:1:1: the file is empty"
      ]),
    BundleCase(
      "a.json", " \r\n",
      [
        "[empty_file] a.json:1:1: the file is empty"
      ]),
    BundleCase(
      "a.json", "{",
      [
        "[truncated] a.json:1:2: the file ends where a key in double quotes was expected"
      ]),
    BundleCase(
      "a.json", "[1,]",
      [
        "[invalid_json] a.json:1:4: expected a value, found \']\'"
      ]),
    BundleCase(
      "a.json", "{\"id\": \"ws-a",
      [
        "[truncated] a.json:1:8: the string that starts here has no closing quote"
      ]),
    BundleCase(
      "a.json", "{\'id\': 1}",
      [
        "[invalid_json] a.json:1:2: unexpected \'\'\'"
      ]),
    BundleCase(
      "a.json", "// c\n{}",
      [
        "[invalid_json] a.json:1:1: unexpected \'/\'"
      ]),
    BundleCase(
      "a.json", "{\"a\" 1}",
      [
        "[invalid_json] a.json:1:6: expected \':\', found \'1\'"
      ]),
    BundleCase(
      "a.json", "{} {}",
      [
        "[invalid_json] a.json:1:4: more content follows the end of the document"
      ]),
    BundleCase(
      "a.json", "{\"a\": \"\u{01}\"}",
      [
        "[control_character] a.json:1:8: control character \'\\u{1}\' in a string"
      ]),
    BundleCase(
      "a.json", "\u{01}{}",
      [
        "[control_character] a.json:1:1: unexpected \'\\u{1}\'"
      ]),
    BundleCase(
      "a.json", "{\"a\": 01}",
      [
        "[invalid_json] a.json:1:7: not a valid number"
      ]),
    BundleCase(
      "a.json", "{\"a\": \"\\q\"}",
      [
        "[invalid_json] a.json:1:8: invalid escape in a string"
      ]),
    BundleCase(
      "a.json", String(repeating: "[", count: 10000),
      [
        "[too_deep] a.json:1:129: nested more than 128 levels deep"
      ]),
    BundleCase(
      "a.json", "{\"a\":" + String(repeating: "[", count: 10000),
      [
        "[too_deep] a.json:1:133: nested more than 128 levels deep"
      ]),
    BundleCase(
      "a.json", "nul",
      [
        "[invalid_json] a.json:1:1: unexpected \'nul\'"
      ]),
    BundleCase(
      "a.json", "True",
      [
        "[invalid_json] a.json:1:1: unexpected \'True\'"
      ]),
    BundleCase(
      "a.json", "42",
      [
        "[wrong_type] a.json:1:1: the document must be a workstream, a list of them, or a phase, not a number"
      ]),
    BundleCase(
      "a.json", "[]",
      [
        "[no_workstreams] a.json:1:1: warning: the file declares no workstream"
      ]),
    BundleCase(
      "a.json", "[[]]",
      [
        "[wrong_type] a.json:1:2: each entry of the list must be an object, not a list (/0)"
      ]),
    BundleCase(
      "a.json", "{}",
      [
        "[missing_field] a.json:1:1: required field \'id\' is missing",
        "[missing_field] a.json:1:1: required field \'files_scope\' is missing",
        "[missing_field] a.json:1:1: required field \'tasks\' is missing",
        "[missing_field] a.json:1:1: required field \'tool\' is missing",
      ]),
    BundleCase(
      "a.txt", "{}",
      [
        "[unknown_format] a.txt:1:1: the file\'s name ends in none of .json, .yaml and .yml"
      ]),
  ]
}
