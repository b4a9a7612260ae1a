import UETModel
import UETSystem

/// A name that a file declares.
struct Declaration: Hashable, Sendable {
  let name: String
  /// 1-based.
  let line: Int
  let kind: String
}

/// Finds declarations by Universal Ctags, where that is installed; it is given texts, and so need
/// not see the files themselves.
///
/// Source: ctags(1) and `--_interactive` of Universal Ctags 5.9.0.
struct DeclarationReader: Sendable {
  private let program: String
  private let environment: [String: String]

  /// Seconds that one reading may take.
  private static let longest = 20.0
  /// Bytes that it may print.
  private static let most = 64 << 20

  /// nil where no ctags is found that speaks so.
  init?(_ environment: [String: String]) {
    guard
      let path = ["ctags", "universal-ctags", "uctags"].lazy
        .compactMap({ Spawn.find($0, environment) }).first
    else { return nil }
    program = path
    self.environment = environment
  }

  /// For each text what it declares; nil where the program cannot do it.
  func read(_ texts: [(path: String, bytes: [UInt8])]) async -> [[Declaration]]? {
    guard !texts.isEmpty else { return [] }
    var bytes: [UInt8] = []
    for (number, text) in texts.enumerated() {
      // The number finds the text again: several may have one name.
      let name = "\(number)/" + (text.path.split(separator: "/").last.map(String.init) ?? "x")
      let order: JSONObject = [
        "command": "generate-tags", "filename": .string(name),
        "size": .integer(Int64(text.bytes.count)),
      ]
      bytes += Array(JSONValue.object(order).encoded().utf8) + [0x0A] + text.bytes
    }
    guard
      let result = try? await ProgramOutput(
        of: program, ["--options=NONE", "--_interactive", "--fields=+nK"], reading: bytes,
        environment: environment, in: nil, seconds: Self.longest, limit: Self.most),
      case .exited(0) = result.end
    else { return nil }
    return Self.declarations(result.output, of: texts.count)
  }

  private static func declarations(_ printed: [UInt8], of count: Int) -> [[Declaration]]? {
    var found = [[Declaration]](repeating: [], count: count)
    var completed = 0
    for line in printed.split(separator: 0x0A) {
      guard let object = (try? JSONValue(parsing: line))?.object else { continue }
      switch object["_type"]?.string {
      case "completed": completed += 1
      case "tag":
        guard let name = object["name"]?.string, let path = object["path"]?.string,
          let number = path.split(separator: "/").first.flatMap({ Int($0) }), number < count
        else { continue }
        found[number].append(
          Declaration(
            name: name, line: object["line"]?.integer ?? 0, kind: object["kind"]?.string ?? ""))
      default: continue
      }
    }
    return completed == 0 ? nil : found
  }
}
