import UETSystem

extension Repository {
  /// Folders of other repositories that objects are taken from, with those that these name in turn.
  package var alternates: [String] {
    var found: [String] = []
    var pending = ["\(commonDirectory)/objects"]
    while let folder = pending.popLast(), found.count < 64 {
      let text = Files.text("\(folder)/info/alternates") ?? ""
      for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
        let path = Files.absolute(String(line), from: folder)
        guard !found.contains(path) else { continue }
        found.append(path)
        pending.append(path)
      }
    }
    return found
  }
}
