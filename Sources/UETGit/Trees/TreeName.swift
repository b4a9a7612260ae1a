/// What git accepts as the name of one entry of a tree, on every file system at once.
///
/// The rules are those of git's `verify_path` with `core.protectHFS` and `core.protectNTFS` on: a
/// tree is data from a stranger, and what is harmless here may be git's own folder where it is
/// checked out next.
enum TreeName {
  /// The longest name that file systems take, in bytes.
  static let limit = 255

  /// Why a name must not be written to a disk; nil for nearly all.
  static func fault(_ name: UnsafeRawBufferPointer, isLink: Bool) -> TreeFault.Reason? {
    guard let first = name.first else { return .noName }
    if name.count > limit { return .longName }
    var isOdd = first == dot || first | 0x20 == letterG || first >= 0x80
    for byte in name {
      if byte == slash || byte == 0 { return .severalParts }
      isOdd = isOdd || byte == backslash
    }
    return isOdd ? oddFault(name, isLink: isLink) : nil
  }

  static func fault(_ name: some Collection<UInt8>, isLink: Bool = false) -> TreeFault.Reason? {
    Array(name).withUnsafeBytes { fault($0, isLink: isLink) }
  }

  /// The closer look at what begins with a dot, a `g` or no ASCII, or holds a `\`.
  private static func oddFault(
    _ name: UnsafeRawBufferPointer, isLink: Bool
  ) -> TreeFault.Reason? {
    if isDots(name[...]) { return .dots }
    if hfs(name, is: "git") || ntfsGit(name[...]) { return .gitFolder }
    if isLink, hfs(name, is: "gitmodules") || ntfsModules(name) { return .linkedModules }
    guard name.contains(backslash) else { return nil }
    // Where `\` parts folders, each part counts.
    for part in name.split(separator: backslash, omittingEmptySubsequences: false) {
      if isDots(part) { return .dots }
      if ntfsGit(part) { return .gitFolder }
    }
    return nil
  }

  private static func isDots(_ name: Slice<UnsafeRawBufferPointer>) -> Bool {
    name.count <= 2 && !name.isEmpty && name.allSatisfy { $0 == dot }
  }

  /// `is_ntfs_dotgit`: `.git` or `git~1`, then only what NTFS leaves out or takes for a stream.
  private static func ntfsGit(_ name: Slice<UnsafeRawBufferPointer>) -> Bool {
    for start in [".git", "git~1"] where begins(name, with: start) {
      return isIgnored(name.dropFirst(start.utf8.count))
    }
    return false
  }

  /// `is_ntfs_dotgitmodules`, with the short names that NTFS would give it.
  private static func ntfsModules(_ name: UnsafeRawBufferPointer) -> Bool {
    let whole = name[...]
    if begins(whole, with: ".gitmodules") { return isIgnored(whole.dropFirst(11)) }
    if begins(whole, with: "gitmod~"), let digit = whole.dropFirst(7).first,
      (0x31...0x34).contains(digit)
    {
      return isIgnored(whole.dropFirst(8))
    }
    return shortModules(whole)
  }

  /// Letters of `gi7eba` (a hash of the name), `~` and digits: eight characters together.
  private static func shortModules(_ name: Slice<UnsafeRawBufferPointer>) -> Bool {
    let letters = Array("gi7eba".utf8)
    guard name.count >= 8 else { return false }
    let head = Array(name.prefix(8))
    guard let tilde = head.firstIndex(of: UInt8(ascii: "~")), tilde <= 6 else { return false }
    for place in 0..<tilde where lower(head[place]) != letters[place] { return false }
    guard (0x31...0x39).contains(head[tilde + 1]) else { return false }
    for byte in head[(tilde + 2)...] where !(0x30...0x39).contains(byte) { return false }
    return isIgnored(name.dropFirst(8))
  }

  /// Nothing but dots and spaces, up to the end or a `:`.
  private static func isIgnored(_ rest: Slice<UnsafeRawBufferPointer>) -> Bool {
    for byte in rest {
      if byte == UInt8(ascii: ":") || byte == backslash { return true }
      if byte != dot && byte != UInt8(ascii: " ") { return false }
    }
    return true
  }

  private static func begins(_ name: Slice<UnsafeRawBufferPointer>, with start: String) -> Bool {
    name.count >= start.utf8.count && zip(name, start.utf8).allSatisfy { lower($0) == $1 }
  }

  private static func lower(_ byte: UInt8) -> UInt8 {
    (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
  }

  private static let dot = UInt8(ascii: ".")
  private static let slash = UInt8(ascii: "/")
  private static let backslash = UInt8(ascii: "\\")
  private static let letterG = UInt8(ascii: "g")
}

extension TreeName {
  /// `is_hfs_dot_generic`: a dot and `word`, where HFS+ leaves out some characters and goes by no
  /// case.
  private static func hfs(_ name: UnsafeRawBufferPointer, is word: String) -> Bool {
    var position = 0
    guard next(name, &position) == UInt32(dot) else { return false }
    for letter in word.utf8 {
      guard let found = next(name, &position), found < 0x80,
        lower(UInt8(found)) == letter
      else { return false }
    }
    return next(name, &position) == nil
  }

  /// The next character that counts; nil at the end, and, as in git, where the bytes are no UTF-8.
  private static func next(_ name: UnsafeRawBufferPointer, _ position: inout Int) -> UInt32? {
    while let scalar = scalar(name, &position) {
      switch scalar {
      case 0x200C...0x200F, 0x202A...0x202E, 0x206A...0x206F, 0xFEFF: continue
      default: return scalar
      }
    }
    return nil
  }

  private static func scalar(_ name: UnsafeRawBufferPointer, _ position: inout Int) -> UInt32? {
    guard position < name.count else { return nil }
    let first = name[position]
    let length = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    guard length > 0, first < 0xF5, position + length <= name.count else { return nil }
    var value = UInt32(first)
    if length > 1 { value &= 0x7F >> UInt32(length) }
    for offset in 1..<max(1, length) {
      let byte = name[position + offset]
      guard byte & 0xC0 == 0x80 else { return nil }
      value = value << 6 | UInt32(byte & 0x3F)
    }
    // No character is written longer than it need be, and none is half of another.
    let least: [UInt32] = [0, 0, 0x80, 0x800, 0x1_0000]
    guard value >= least[length], value <= 0x10_FFFF, !(0xD800...0xDFFF).contains(value) else {
      return nil
    }
    position += length
    return value
  }
}
