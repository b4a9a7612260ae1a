extension Repository {
  private static let block = 4096

  /// About how many bytes a checkout takes on a disk, as the index of the user's own tells; nil
  /// where there is none.
  package func checkoutSize() -> Int? {
    guard !isBare, let entries = try? IndexEntries(at: gitDirectory + "/index") else { return nil }
    var bytes = 0
    do throws(GitError) {
      try entries.visit { entry in
        bytes += (Int(entry.file_size) + Self.block - 1) / Self.block * Self.block
      }
    } catch {
      return nil
    }
    return bytes
  }
}
