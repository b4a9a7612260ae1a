/// What the disk says of a file or folder, to tell whether it has changed since.
package struct ContentStamp: Hashable, Sendable {
  private let stamp: FileStamp

  /// nil where there is none.
  package init?(_ path: String) {
    guard let stamp = FileStamp(at: path) else { return nil }
    self.stamp = stamp
  }
}
