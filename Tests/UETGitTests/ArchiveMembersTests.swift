import Foundation
import Testing
import UETGit

/// Files that are inside of others.
@Suite struct ArchiveMembersTests {
  /// With `a.txt`, deflated, and `d/b.txt`, stored.
  private static let zip = bytes(
    "UEsDBBQAAAAIAAAAIQDZ7k0qDAAAACwBAAAFAAAAYS50eHRLzCnISFRIHCWJIAFQSwMEFAAAAAAAAAAhAGMEkY8EAAAA"
      + "BAAAAAcAAABkL2IudHh0YmV0YVBLAQIUAxQAAAAIAAAAIQDZ7k0qDAAAACwBAAAFAAAAAAAAAAAAAACAAQAAAABh"
      + "LnR4dFBLAQIUAxQAAAAAAAAAIQBjBJGPBAAAAAQAAAAHAAAAAAAAAAAAAACAAS8AAABkL2IudHh0UEsFBgAAAAAC"
      + "AAIAaAAAAFgAAAAAAA==")

  /// With `x/y.txt`, and the zip as `in.zip`.
  private static let tarball = bytes(
    "H4sIAAAAAAACA+3VsWrCYBDA8YtG7eDo2EEHh4qYNFp9BSEIGRy6RisoiC1tCtqpayfxrRx8AV/CZ/C+QEgRHdUh/1847v"
      + "j47rvpyNJZtaJlJNfkqm6nE2d1mtXLv9qc9zzPlaorN/D9FYWfOlKyaTqZz98FWTVbtH5mH3LX/W973dP9f3bZ/5sI"
      + "/Lxd0fygUZP9YdAoa9W0RAqaQ/Nv8HdP2/6w/1j/q1rJdYmvj+3N2tbKREnjzRmZhtEkCgPfylXyl19O/FqSzElbzr"
      + "+etjjprMAvFM1hTr+p5ldWGgAAAAAAAAAAAAAAZMwRErOuagAoAAA=")

  private static func bytes(_ text: String) -> [UInt8] {
    Array(Data(base64Encoded: text) ?? Data())
  }

  private func names(_ bytes: [UInt8], room: Int = 1 << 20, count: Int = 100) -> [String] {
    ArchiveMembers(of: bytes, room: room, count: count).members.map(\.name)
  }

  @Test func zipIsRead() {
    let members = ArchiveMembers(of: Self.zip).members
    #expect(members.map(\.name) == ["a.txt", "d/b.txt"])
    #expect(members.first?.content == Array(String(repeating: "alpha ", count: 50).utf8))
    #expect(members.last?.content == Array("beta".utf8))
  }

  @Test func archivesInArchivesAreRead() {
    let found = names(Self.tarball)
    #expect(found == ["", "x/y.txt", "in.zip", "in.zip/a.txt", "in.zip/d/b.txt"])
  }

  @Test func whatIsNoneHasNothing() {
    #expect(names([]) == [])
    #expect(names(Array("a text".utf8)) == [])
    #expect(names([0x50, 0x4B, 3, 4]) == [])
    #expect(names([UInt8](repeating: 0, count: 4096)) == [])
  }

  @Test func noMoreIsReadThanThereIsRoomFor() {
    #expect(names(Self.tarball, count: 2).count == 2)
    #expect(names(Self.tarball, room: 100).count <= 1)
  }

  /// Whatever is damaged, nothing traps.
  @Test func damageDoesNoHarm() {
    for archive in [Self.zip, Self.tarball] {
      for place in archive.indices {
        var damaged = archive
        damaged[place] = ~damaged[place]
        _ = ArchiveMembers(of: damaged, room: 1 << 16, count: 20)
        _ = ArchiveMembers(of: Array(archive[..<place]), room: 1 << 16, count: 20)
      }
    }
    let tar = ArchiveMembers(of: Self.tarball).members.first?.content ?? []
    for place in 0..<512 {
      var damaged = tar
      damaged[place] = 0xFF
      _ = ArchiveMembers(of: damaged, room: 1 << 16, count: 20)
    }
  }
}
