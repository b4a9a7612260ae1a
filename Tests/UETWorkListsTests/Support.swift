import Foundation
import UETModel

@testable import UETWorkLists

/// The odd but valid lists, where the machine has them.
enum ListCases {
  private static let root: String = {
    let beside = URL(filePath: #filePath).appending(path: "../../../../shared").standardizedFileURL
    let base = ProcessInfo.processInfo.environment["UET_SHARED"] ?? beside.path
    return base + "/cases/worklists"
  }()

  static let areHere = FileManager.default.fileExists(atPath: root + "/README.md")

  /// The files at or below a path of the folder.
  static func files(_ path: String) -> [WorkListFile] {
    let full = root + "/" + path
    var names = [""]
    if let below = FileManager.default.enumerator(atPath: full) {
      let found = below.compactMap { $0 as? String }
      if !found.isEmpty { names = found.map { "/" + $0 } }
    }
    return names.compactMap { name in
      FileManager.default.contents(atPath: full + name).map {
        WorkListFile(path: path + name, bytes: Array($0))
      }
    }
  }
}

extension WorkListFile {
  init(_ path: String, _ text: String) { self.init(path: path, bytes: Array(text.utf8)) }
}

extension WorkList {
  func item(_ key: String) -> WorkItem? { items.first { $0.key == key } }

  /// Keys of what an item waits for.
  func waits(_ key: String) -> Set<String> { Set(item(key)?.edges.compactMap(\.target) ?? []) }

  func paths(_ key: String) -> [String] { item(key)?.paths.map(\.text) ?? [] }

  var codes: Set<String> { Set(findings.map(\.code)) }

  func says(_ code: String, _ line: Int? = nil, _ word: String = "") -> Bool {
    findings.contains {
      $0.code == code && (line == nil || $0.place.line == line)
        && (word.isEmpty || $0.message.contains(word))
    }
  }
}
