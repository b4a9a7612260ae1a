import GRDB
import Synchronization
import UETModel

extension Cache {
  /// Runs `body` on the store. Damage costs a rebuild from nothing, a file that cannot be used memory;
  /// only a failure there, or of the chains themselves, reaches the caller.
  func attempt<Answer>(
    _ body: (CacheStore) throws -> Answer
  ) throws(LedgerError) -> Answer {
    for round in 0..<3 {
      do {
        return try body(try opened(inMemory: round == 2))
      } catch let error as LedgerError {
        throw error
      } catch let error as DatabaseError where !error.meansDamage && round == 2 {
        throw .cache(error.description)
      } catch {
        if round == 2 { throw .cache("\(error)") }
        drop(discarding: Self.meansDamage(error))
      }
    }
    throw .cache("unreachable")
  }

  private static func meansDamage(_ error: any Error) -> Bool {
    if error is CacheDamage { return true }
    return (error as? DatabaseError)?.meansDamage ?? false
  }
}
