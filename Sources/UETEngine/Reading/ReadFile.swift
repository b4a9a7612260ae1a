import UETContext
import UETModel

/// What is known of one content, whatever its name: for each vocabulary its tokens, whole and
/// without comments.
struct ReadFile: Hashable, Sendable {
  var role: FileRole
  var tokens: [Int]
  var prunedTokens: [Int]

  init(path: String, text: [UInt8]) {
    role = FileRole(path: path, text: text)
    guard role != .binary else {
      (tokens, prunedTokens) = (TokenFamily.allCases.map { _ in 0 }, [])
      prunedTokens = tokens
      return
    }
    let whole = TextProfile(text)
    tokens = TokenFamily.allCases.map(whole.tokens)
    let pruned = Pruning.prune(text, path: path, without: Set(CommentKind.allCases))
    let less = pruned.count == text.count ? whole : TextProfile(pruned)
    prunedTokens = TokenFamily.allCases.map(less.tokens)
  }

  fileprivate init(role: FileRole, tokens: [Int], prunedTokens: [Int]) {
    (self.role, self.tokens, self.prunedTokens) = (role, tokens, prunedTokens)
  }

  func tokens(_ family: TokenFamily) -> Int { tokens[Self.place(family)] }
  func prunedTokens(_ family: TokenFamily) -> Int { prunedTokens[Self.place(family)] }

  private static func place(_ family: TokenFamily) -> Int {
    TokenFamily.allCases.firstIndex(of: family) ?? 0
  }
}

/// What was counted before, by the id of the content and the ending of its name. It may be deleted
/// at any time.
struct ReadFiles: Sendable {
  struct Key: Hashable, Sendable {
    var blob: ObjectID
    var ending: String

    init(_ blob: ObjectID, path: String) {
      self.blob = blob
      ending =
        path.split(separator: "/").last.map { $0.split(separator: ".").last ?? $0 }
        .map { String($0.prefix(16)) } ?? ""
      // Roles go by whole names: a test or a lock file is another entry.
      if TestNames.isTest(path) { ending += "/t" }
      if FileRole(path: path, text: []) == .generated { ending += "/g" }
    }
  }

  private(set) var files: [Key: ReadFile] = [:]
  private(set) var hasChanged = false

  /// Changes with what the figures mean.
  private static let head = "uet read files 1\n"
  private static let roles: [FileRole] = [.source, .test, .generated, .log, .binary]
  /// More is begun anew.
  private static let most = 400_000

  init() {}

  /// Of what a file holds: a line for each content; nothing where it is damaged.
  init(_ bytes: [UInt8]) {
    guard bytes.starts(with: Self.head.utf8) else { return }
    var place = Self.head.utf8.count
    files.reserveCapacity((bytes.count - place) / 64)
    while place < bytes.count {
      guard let entry = Self.entry(bytes, &place) else {
        files = [:]
        return
      }
      files[entry.0] = entry.1
    }
  }

  subscript(key: Key) -> ReadFile? { files[key] }

  mutating func add(_ file: ReadFile, _ key: Key) {
    if files.count >= Self.most { files = [:] }
    files[key] = file
    hasChanged = true
  }

  /// Length of id and ending, both, the role, and the figures with four bytes each.
  var bytes: [UInt8] {
    var bytes = Array(Self.head.utf8)
    bytes.reserveCapacity(files.count * 80)
    for (key, file) in files {
      let (id, ending) = (Array(key.blob.hex.utf8), Array(key.ending.utf8))
      bytes += [UInt8(id.count), UInt8(ending.count)]
      bytes += id + ending
      bytes.append(UInt8(Self.roles.firstIndex(of: file.role) ?? 0))
      for figure in file.tokens + file.prunedTokens {
        let value = UInt32(clamping: figure)
        bytes += [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }
      }
    }
    return bytes
  }

  private static func entry(_ bytes: [UInt8], _ place: inout Int) -> (Key, ReadFile)? {
    let figures = TokenFamily.allCases.count * 2
    guard place + 2 <= bytes.count else { return nil }
    let (idSize, endingSize) = (Int(bytes[place]), Int(bytes[place + 1]))
    place += 2
    let end = place + idSize + endingSize + 1 + figures * 4
    guard end <= bytes.count,
      let blob = ObjectID(String(decoding: bytes[place..<place + idSize], as: UTF8.self))
    else { return nil }
    place += idSize
    let ending = String(decoding: bytes[place..<place + endingSize], as: UTF8.self)
    place += endingSize
    guard Int(bytes[place]) < roles.count else { return nil }
    let role = roles[Int(bytes[place])]
    place += 1
    var values: [Int] = []
    while place < end {
      let value = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[place + $1]) << UInt32(8 * $1) }
      values.append(Int(value))
      place += 4
    }
    var key = Key(blob, path: "")
    key.ending = ending
    let half = figures / 2
    return (
      key,
      ReadFile(
        role: role, tokens: Array(values.prefix(half)), prunedTokens: Array(values.suffix(half)))
    )
  }
}
