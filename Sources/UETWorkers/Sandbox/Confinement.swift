import UETSystem

/// What a command may see of the machine, and write.
///
/// What is not named, and is not below what is, is not there. Of two that lie in each other the
/// inner one counts, as far as the means allow: Landlock keeps nothing in a folder from being
/// written that may be.
package struct Confinement: Hashable, Sendable {
  package enum Access: Hashable, Sendable {
    case none, read, write
  }

  package let means: SandboxMeans
  /// By path, absolute and without links; each is there.
  package var places: [String: Access] = [:]
  /// Files that are seen in the place of others, to be read; bubblewrap alone can do that.
  package var covers: [String: String] = [:]
  /// Names that stand for others, as `/bin` for `/usr/bin`.
  package var links: [String: String] = [:]
  /// The folder for temporary files.
  package var temporary: String
  package var hasNetwork = true

  package init(_ means: SandboxMeans, temporary: String) {
    (self.means, self.temporary) = (means, temporary)
  }

  /// Opens what stands at a path, where it is, and by the path's own name. Nothing where there is
  /// nothing.
  package mutating func open(_ path: String, _ access: Access) {
    guard let place = Files.real(path) else { return }
    if places[place] != .write { places[place] = access }
    // A name that is a link, or below one, and that nothing else makes visible.
    guard place != path, self.access(to: path) == .none else { return }
    let isBelowLink = links.keys.contains { path == $0 || path.hasPrefix($0 + "/") }
    if !isBelowLink { links[path] = place }
  }

  /// Keeps a place in another one from being seen.
  package mutating func close(_ path: String) {
    if let place = Files.real(path) { places[place] = Access.none }
  }

  /// What the command finds its temporary files in.
  package var temporaryInside: String {
    if case .bubblewrap = means { "/tmp" } else { temporary }
  }

  /// What counts for a path that is not named itself.
  package func access(to path: String) -> Access {
    var path = Substring(path)
    while true {
      if let access = places[String(path)] { return access }
      guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return .none }
      path = path[..<slash]
    }
  }
}
