/// A folder, and the path at which a command sees it besides its own.
package struct FolderView: Hashable, Sendable {
  package let folder: String
  /// An empty folder is there.
  package let path: String

  package init(_ folder: String, at path: String) { (self.folder, self.path) = (folder, path) }

  /// Where the folder, or something in it, is seen; nil for what is elsewhere.
  package func seen(_ place: String) -> String? {
    if place == folder { return path }
    return place.hasPrefix(folder + "/") ? path + place.dropFirst(folder.count) : nil
  }

  var supervisorArguments: [String] { ["--view=\(folder)", "--seen-at=\(path)"] }
}
