import Foundation

/// Makes new folders durable: libgit2 syncs the folder that a file is in, not those above it.
enum FolderSync {
  /// Syncs `folder` and those above it up to, and with, `root`.
  static func sync(from folder: String, upTo root: String) {
    var path = folder
    while path.utf8.count >= root.utf8.count {
      let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      if descriptor >= 0 {
        fsync(descriptor)
        close(descriptor)
      }
      if path == root { return }
      path = (path as NSString).deletingLastPathComponent
    }
  }
}
