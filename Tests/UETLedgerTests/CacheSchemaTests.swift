import GRDB
import Testing
import UETTestSupport

@testable import UETLedger

@Suite struct CacheSchemaTests {
  /// The root of the package, from this file's own place.
  private static let root = String(
    #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 })

  private func text(_ path: String) -> String? {
    TemporaryDirectory.read("\(Self.root)/schema/\(path)").map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  @Test func theCommittedMigrationsAreThoseOfTheProgram() {
    for migration in CacheMigrations.all {
      #expect(text("migrations/\(migration.name).sql") == migration.sql)
    }
  }

  @Test func theCommittedSchemaIsWhatTheMigrationsMake() throws {
    let database = try DatabaseQueue()
    try database.write { try CacheSchema.create(in: $0) }
    let made = try database.read { try CacheSchema.dump($0) }
    let committed = text("schema.sql") ?? ""
    let statements = committed.split(separator: "\n").filter { !$0.hasPrefix("--") }
    #expect(statements == made.split(separator: "\n"))
  }

  @Test func migrationsMayRunTwice() throws {
    let database = try DatabaseQueue()
    try database.write { database in
      try CacheSchema.create(in: database)
      try CacheSchema.create(in: database)
    }
    #expect(try database.read { try CacheSchema.inspect($0) } == .current)
  }
}
