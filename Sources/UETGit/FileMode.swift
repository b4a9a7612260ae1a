/// What an entry of a tree is.
package enum FileMode: UInt32, Hashable, Sendable, CaseIterable {
  case tree = 0o040000
  case file = 0o100644
  case executable = 0o100755
  case symlink = 0o120000
  case submodule = 0o160000

  /// Reads a raw mode as git does: an odd file mode counts as `file` or, with the owner's x bit,
  /// as `executable`.
  package init?(raw: UInt32) {
    switch raw & 0o170000 {
    case 0o040000: self = .tree
    case 0o100000: self = raw & 0o100 == 0 ? .file : .executable
    case 0o120000: self = .symlink
    case 0o160000: self = .submodule
    default: return nil
    }
  }

  /// As `git ls-tree` prints it, six octal digits.
  package var octal: String {
    let digits = String(rawValue, radix: 8)
    return String(repeating: "0", count: 6 - digits.count) + digits
  }
}
