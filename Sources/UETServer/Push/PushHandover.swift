import UETGit
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What `pre-receive` tells `proc-receive` of the same push: who signed it. Git gives the
/// certificate to the first alone.
///
/// In a file named for the process that started both, so that no other push finds it.
struct PushHandover {
  private let folder: String

  init(_ repository: Repository) {
    folder = "\(repository.commonDirectory)/uet-server/pushes"
  }

  private var path: String? { ProcessIdentity(of: getppid()).map { "\(folder)/\($0)" } }

  func leave(_ name: String) throws {
    guard let path else { return }
    sweep()
    try Files.makeDirectory(folder, mode: 0o775)
    try Files.write(Array((name + "\n").utf8), to: path)
  }

  /// The name that was left; nil where none was.
  func take() -> String? {
    guard let path, let bytes = Files.content(of: path), bytes.last == UInt8(ascii: "\n") else {
      return nil
    }
    try? Files.remove(path)
    return String(decoding: bytes.dropLast(), as: UTF8.self)
  }

  /// Those of pushes that ended between the two.
  private func sweep() {
    for name in Files.names(in: folder) {
      if let process = ProcessIdentity(name), !process.isAlive {
        try? Files.remove("\(folder)/\(name)")
      }
    }
  }
}
