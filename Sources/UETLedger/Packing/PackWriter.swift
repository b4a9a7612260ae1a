import Foundation
import UETGit
import UETModel

/// Lets git write packs of given objects, and moves them in under a mark.
struct PackWriter: Sendable {
  let folder: PackFolder
  let list: PackList
  private let git: SealedGit
  private let repository: Repository
  private let options: LedgerOptions

  init(_ written: WrittenPacks, _ git: SealedGit) {
    self.git = git
    repository = written.repository
    options = written.options
    folder = written.folder
    list = PackList(repository)
  }

  /// Packs that were asked for, and those of them that were not there before.
  struct Made: Sendable {
    var names: [String] = []
    var new: [String] = []
  }

  /// Packs the objects that the lines of `input` name.
  nonisolated(nonsending) func write(_ input: String) async throws(LedgerError) -> Made {
    let scratch = try PackScratch(repository, folder.holder)
    options.reached(.scratchMade)
    // One thread and little memory: this must not be felt beside what it is done for.
    let command = [
      "pack-objects", "-q", "--threads=1", "--window-memory=64m", "--delta-base-offset",
      "--index-version=2", "--max-pack-size=0", "\(scratch.path)/pack/pack",
    ]
    let environment = scratch.environment
    let output: SealedGit.Output
    do {
      output = try await git.check(command) {
        $0.input = Array(input.utf8)
        $0.environment = environment
        $0.isDurable = true
      }
    } catch {
      throw .git(error)
    }
    options.reached(.packWritten)
    var made = Made(names: output.text.split(separator: "\n").map { "pack-\($0)" })
    for name in made.names
    where try folder.add(name, from: scratch.path + "/pack", options.reached) {
      made.new.append(name)
    }
    options.reached(.packIndexed)
    list.add(made.names, in: folder)
    return made
  }
}

extension LedgerError {
  /// Why packing failed, for people.
  var packingReason: String {
    switch self {
    case .git(let cause): "\(cause)"
    case .system(let failure): "\(failure)"
    default: "\(self)"
    }
  }
}
