import Foundation
import UETModel

/// Python's jsonschema as a second opinion on documents; absent where the machine has none.
struct SchemaJudge {
  enum Failure: Error { case noVerdict(String) }

  static let isHere: Bool = {
    let output = try? run(["-c", "import jsonschema; print('yes')"], input: [])
    return output == "yes\n"
  }()

  /// Whether each document is valid under a schema of the repository.
  static func verdicts(_ documents: [JSONValue], schema: String) throws -> [Bool] {
    let lines = documents.map { $0.encoded() }.joined(separator: "\n")
    let output = try run(["-c", script, path(of: schema)], input: Array(lines.utf8))
    let verdicts = output.split(separator: "\n").map { $0 == "1" }
    guard verdicts.count == documents.count else { throw Failure.noVerdict(output) }
    return verdicts
  }

  static func path(of schema: String) -> String {
    URL(filePath: #filePath).appending(path: "../../../../schema/\(schema)").standardizedFileURL
      .path
  }

  /// A `$` of ECMAScript, whose patterns JSON Schema uses, is the end alone; Python's `\Z`.
  private static let script = #"""
    import json, sys
    from jsonschema import Draft202012Validator
    def ecma(value):
        if isinstance(value, dict):
            return {k: v.replace("$", r"\Z") if k == "pattern" and isinstance(v, str) else ecma(v)
                    for k, v in value.items()}
        return [ecma(v) for v in value] if isinstance(value, list) else value
    schema = json.load(open(sys.argv[1], encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(ecma(schema))
    for line in sys.stdin.buffer.read().split(b"\n"):
        print(1 if validator.is_valid(json.loads(line)) else 0)
    """#

  private static func run(_ arguments: [String], input: [UInt8]) throws -> String {
    let file = FileManager.default.temporaryDirectory.appending(path: "uet-\(UUID().uuidString)")
    try Data(input).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3"] + arguments
    process.standardInput = try FileHandle(forReadingFrom: file)
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }
}
