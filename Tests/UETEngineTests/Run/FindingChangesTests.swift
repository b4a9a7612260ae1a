import Testing

@testable import UETEngine

/// What `git uet doctor --watch` tells.
@Suite struct FindingChangesTests {
  @Test func onlyWhatChangesIsTold() {
    var changes = FindingChanges()
    let room = DoctorFinding("disk", .ok, "100 MiB free")
    let git = DoctorFinding("git", .ok, "2.50")
    #expect(changes.take([room, git]) == [.found(room), .found(git)])
    #expect(changes.take([DoctorFinding("disk", .ok, "99 MiB free"), git]) == [])
    let full = DoctorFinding("disk", .problem, "only 3 MiB free", fix: "git uet clean")
    #expect(changes.take([full, git]) == [.found(full)])
    #expect(changes.take([full, git]) == [])
    let fuller = DoctorFinding("disk", .problem, "only 2 MiB free", fix: "git uet clean")
    #expect(changes.take([fuller, git]) == [.found(fuller)])
    #expect(changes.take([git]) == [.gone(fuller)])
    #expect(changes.take([room, git]) == [.found(room)])
  }
}
