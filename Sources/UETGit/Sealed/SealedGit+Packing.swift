import UETModel
import UETSystem

extension SealedGit {
  /// Puts small packs together where there are more of them than git itself leaves
  /// (`gc.autoPackLimit`, 50; 0 for never): each is one more for every reader to look through.
  ///
  /// Packs that are marked to be kept stay, and so does everything that no reference leads to. A
  /// repository that was cloned in part is left alone.
  package func combinePacks() async throws(GitError) {
    let names = Set(Files.names(in: repository.commonDirectory + "/objects/pack"))
    let packs = names.filter { $0.hasSuffix(".pack") }.map { $0.dropLast(5) }
    let most = repository.config("gc.autopacklimit").flatMap { Int($0) } ?? 50
    let free = packs.count { !names.contains($0 + ".keep") }
    guard most > 0, free > most, !names.contains(where: { $0.hasSuffix(".promisor") }) else {
      return
    }
    _ = try await run(["repack", "-d", "-l", "--quiet", "--geometric=2", "--no-write-bitmap-index"])
  }
}
