import Foundation

@testable import UETPlanning

/// The real bundles, where the machine has them: tests that need them are skipped elsewhere.
enum SharedData {
  static let bundles: [BundleFile] = read(directory: "workstreams-36")

  private static func read(directory: String) -> [BundleFile] {
    let root = URL(filePath: #filePath)
    let beside = root.appending(path: "../../../../shared").standardizedFileURL.path
    let base = ProcessInfo.processInfo.environment["UET_SHARED"] ?? beside
    let path = base + "/data/" + directory
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return BundleFile.names(among: entries).compactMap { name in
      FileManager.default.contents(atPath: path + "/" + name).map {
        BundleFile(path: "workstreams/" + name, bytes: Array($0))
      }
    }
  }
}
