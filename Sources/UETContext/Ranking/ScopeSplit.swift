/// A scope in parts that each fit a number of tokens.
package enum ScopeSplit {
  /// Files of one part, and what they cost to read.
  package struct Part: Hashable, Sendable {
    package var paths: [String]
    package var tokens: Int
  }

  /// Groups files that stand in one folder, the smallest folders first joined with what is beside
  /// them, until each part is as full as it may be.
  /// - Parameters:
  ///   - files: Paths with their tokens.
  ///   - room: The most tokens of a part; a file with more is a part of its own.
  package static func parts(_ files: [(path: String, tokens: Int)], room: Int) -> [Part] {
    // In git's order files of a folder are neighbours: a walk over them keeps folders together
    // where that costs no further part.
    let sorted = files.sorted { $0.path < $1.path }
    var groups: [Part] = []
    for file in sorted {
      if let last = groups.last, PathIndex.folder(last.paths[0]) == PathIndex.folder(file.path),
        last.tokens + file.tokens <= room
      {
        groups[groups.count - 1].paths.append(file.path)
        groups[groups.count - 1].tokens += file.tokens
      } else {
        groups.append(Part(paths: [file.path], tokens: file.tokens))
      }
    }
    var parts: [Part] = []
    for group in groups {
      if let last = parts.last, last.tokens + group.tokens <= room {
        parts[parts.count - 1].paths += group.paths
        parts[parts.count - 1].tokens += group.tokens
      } else {
        parts.append(group)
      }
    }
    return parts
  }

  /// The paths as few patterns: a folder stands for all below it where nothing else of the
  /// repository is there.
  /// - Parameter all: Every path of the repository.
  package static func patterns(_ paths: [String], of all: [String]) -> [String] {
    let own = Set(paths)
    var foreign: Set<Substring> = [""]
    for path in all where !own.contains(path) {
      var folder = PathIndex.folder(path)
      while foreign.insert(folder).inserted { folder = PathIndex.folder(String(folder)) }
    }
    var (found, seen): ([String], Set<String>) = ([], [])
    for path in paths {
      var best = path
      var folder = PathIndex.folder(path)
      while !foreign.contains(folder) {
        best = folder + "/**"
        folder = PathIndex.folder(String(folder))
      }
      let pattern = best == path ? escaped(path) : escaped(String(best.dropLast(3))) + "/**"
      if seen.insert(pattern).inserted { found.append(pattern) }
    }
    return found
  }

  /// What would be read as a glob, each in brackets of its own.
  private static func escaped(_ path: String) -> String {
    path.reduce(into: "") { text, character in
      text += "*?[{".contains(character) ? "[\(character)]" : String(character)
    }
  }
}
