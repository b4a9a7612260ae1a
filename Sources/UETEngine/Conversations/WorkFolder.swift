import UETSystem

/// A folder in which an agent works, to tell what lies in it from what only seems to.
struct WorkFolder: Sendable {
  private let root: String

  /// `root`: an absolute path without links.
  init(_ root: String) { self.root = root }

  /// Where a path leads, links followed as far as they exist, relative to the folder; nil outside
  /// of it. The folder itself is "".
  func relative(_ path: String) -> String? {
    var place = path.hasPrefix("/") ? "" : root
    for name in path.split(separator: "/") where name != "." {
      if name == ".." {
        place = place.split(separator: "/").dropLast().map { "/" + $0 }.joined()
        continue
      }
      place += "/" + name
      // A link that leads nowhere yet may lead out once it is written through.
      if let target = Files.real(place) {
        place = target == "/" ? "" : target
      } else if Files.linked(place) != nil {
        return nil
      }
    }
    if place == root { return "" }
    return place.hasPrefix(root + "/") ? String(place.dropFirst(root.count + 1)) : nil
  }
}
