import UETModel

/// Files that depend on the seed alone: documents with bytes changed, moved, repeated and put in.
struct Mutation {
  private var random: SplitMix
  private var generator: DocumentGenerator
  private var pool: [[UInt8]] = []

  init(seed: UInt64) {
    random = SplitMix(seed: seed)
    generator = DocumentGenerator(seed: seed)
    pool = Self.texts.map { Array($0.utf8) }
  }

  private static let texts = [
    "id: ws-a\nfiles_scope:\n  - src/*\n  - 'docs/[a-z]'\ntasks: [a, \"b\\u00e9\"]\ntool: shell\n",
    "- &a {id: ws-a, tool: x}\n- <<: *a\n  tasks: |\n    one\n    two\n  env: {A: \"1\"}\n",
    "phase: p\nworkstreams:\n- id: ws-a\n  files_scope: {reads: [a], writes: [b]}\n  tasks: []\n",
    "run: {workers: 4, drain: 5m}\ntools:\n  x: {command: [a, b]}\ngates:\n  G: {command: make}\n",
    "? a\n: b\n? [c]\n: !!str d\n%YAML 1.2\n---\n...\n",
  ]

  private static let pieces = [
    "{", "}", "[", "]", ":", ",", "\"", "'", "\\", "\\u", "\\ud800", "*a", "&a ", "<<: ", "- ",
    "? ", "!!", "|", ">",
    "#", "%", "@", "`", "\t", "\r", "\r\n", "\n", "\0", "\u{1B}[31m", "\u{FEFF}", "\u{85}",
    "\u{2028}", "é", "1e999",
    "-", "0x", "010", "null", "true", "no", "---\n", "...\n", "ws-", "ws-*", "id", "\"id\":",
    "depends_on", "..", "/",
    "[[[[[[[[[[[[[[[[[[[[", "{\"a\":{\"a\":{\"a\":", "99999999999999999999", "- - - - - - ",
  ]

  mutating func next() -> [UInt8] {
    var bytes: [UInt8]
    switch random.below(4) {
    case 0: bytes = Array(generator.bundle().encoded(.pretty).utf8)
    case 1: bytes = Array(generator.configuration().encoded().utf8)
    default: bytes = random.pick(pool)
    }
    for _ in 0...random.below(6) { change(&bytes) }
    if bytes.count < 4_000, random.chance(10) {
      if pool.count < 200 { pool.append(bytes) } else { pool[random.below(pool.count)] = bytes }
    }
    return bytes
  }

  private mutating func change(_ bytes: inout [UInt8]) {
    let place = random.below(bytes.count + 1)
    let length = min(random.below(12), bytes.count - place)
    switch random.below(7) {
    case 0: bytes.removeSubrange(place..<(place + length))
    case 1: bytes.insert(contentsOf: Array(random.pick(Self.pieces).utf8), at: place)
    case 2: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
    case 3: bytes.removeSubrange(place...)
    case 4:
      let piece = Array(bytes[place..<(place + length)])
      for _ in 0...random.below(20) { bytes.insert(contentsOf: piece, at: place) }
    case 5:
      let other = random.pick(pool)
      let start = random.below(other.count + 1)
      bytes.insert(contentsOf: other[start..<min(start + 40, other.count)], at: place)
    default:
      if place < bytes.count { bytes[place] ^= 1 << UInt8(random.below(8)) }
    }
  }
}
