import Testing

@testable import UETPlanning

/// Broken and surprising YAML: each mistake gets one clear line.
@Suite struct YAMLErrorTests {
  @Test(arguments: cases) func lines(of example: BundleCase) {
    #expect(example.found == example.lines)
  }

  static let cases: [BundleCase] = [
    BundleCase(
      "a.yaml", "id: ws-a\nid: ws-b\n",
      [
        "[duplicate_key] a.yaml:2:1: key \'id\' appears twice; the first is on line 1"
      ]),
    BundleCase(
      "a.yaml", "a: &a [1]\nb: *c\n",
      [
        "[invalid_yaml] a.yaml:2:4: found undefined alias"
      ]),
    BundleCase(
      "a.yaml", "id: ws-a\n\ttool: x\n",
      [
        "[yaml_tab] a.yaml:2:1: a tab stands where YAML allows spaces only"
      ]),
    BundleCase(
      "a.yaml", "\tid: ws-a\n",
      [
        "[yaml_tab] a.yaml:1:1: a tab stands where YAML allows spaces only"
      ]),
    BundleCase(
      "a.yaml", "id: a\n---\nid: b\n",
      [
        "[multiple_documents] a.yaml:2:1: the file holds more than one YAML document"
      ]),
    BundleCase(
      "a.yaml", "# only\n",
      [
        "[empty_file] a.yaml:1:1: the file holds no value"
      ]),
    BundleCase(
      "a.yaml", "---\n...\n",
      [
        "[empty_file] a.yaml:2:1: the file holds no value"
      ]),
    BundleCase(
      "a.yaml", "a: [1, 2\n",
      [
        "[invalid_yaml] a.yaml:2:1: while parsing a flow sequence: did not find expected \',\' or \']\'"
      ]),
    BundleCase(
      "a.yaml", "a: \'x\n",
      [
        "[invalid_yaml] a.yaml:2:1: while scanning a quoted scalar: found unexpected end of stream"
      ]),
    BundleCase(
      "a.yaml", "a: \"\\x\"\n",
      [
        "[invalid_yaml] a.yaml:1:7: while parsing a quoted scalar: did not find expected hexdecimal number"
      ]),
    BundleCase(
      "a.yaml", "a: b: c\n",
      [
        "[invalid_yaml] a.yaml:1:5: mapping values are not allowed in this context"
      ]),
    BundleCase(
      "a.yaml", "a: !!python/object x\n",
      [
        "[yaml_tag] a.yaml:1:4: tag \'tag:yaml.org,2002:python/object\' is not supported here"
      ]),
    BundleCase(
      "a.yaml", "a: \u{07}\n",
      [
        "[control_character] a.yaml:1:4: control character \'\\u{7}\' in the file"
      ]),
    BundleCase(
      "a.yaml", "? [a]\n: b\n",
      [
        "[invalid_yaml] a.yaml:1:3: a key must be a plain text, not a list or a mapping"
      ]),
    BundleCase(
      "a.yaml", "a: @x\n",
      [
        "[invalid_yaml] a.yaml:1:4: while scanning for the next token: found character that cannot start any token"
      ]),
    BundleCase(
      "a.yaml", "- a\nb: c\n",
      [
        "[invalid_yaml] a.yaml:2:1: while parsing a block collection: did not find expected \'-\' indicator"
      ]),
    BundleCase(
      "a.yaml", String(repeating: "[", count: 10000),
      [
        "[too_deep] a.yaml:1:1: nested more than 128 levels deep"
      ]),
    BundleCase(
      "a.yaml", String(repeating: "[", count: 500) + String(repeating: "]", count: 500),
      [
        "[too_deep] a.yaml:1:129: nested more than 128 levels deep"
      ]),
    BundleCase(
      "a.yaml", "%YAML 1.1\n---\nid: ws-a\n",
      [
        "[missing_field] a.yaml:3:1: required field \'files_scope\' is missing",
        "[missing_field] a.yaml:3:1: required field \'tasks\' is missing",
        "[missing_field] a.yaml:3:1: required field \'tool\' is missing",
      ]),
    BundleCase(
      "a.yaml", "{a: 1, a: 2}\n",
      [
        "[duplicate_key] a.yaml:1:2: key \'a\' appears twice; the first is on line 1"
      ]),
    BundleCase(
      "a.yml", "id: ws-a\r\ntasks: []\r\nbad: 1\r\n",
      [
        "[missing_field] a.yml:1:1: required field \'files_scope\' is missing",
        "[missing_field] a.yml:1:1: required field \'tool\' is missing",
        "[unknown_field] a.yml:3:1: unknown field \'bad\' (/bad)",
      ]),
  ]
}
