import GRDB
import Synchronization
import UETModel

extension Cache {
  /// Runs `body` on the store. Damage costs a rebuild from nothing, a file that cannot be used
  /// memory; only a failure there, or of the chains themselves, reaches the caller.
  func attempt<Answer>(
    _ body: (CacheStore) throws -> Answer
  ) throws(LedgerError) -> Answer {
    var tries = 3
    while true {
      tries -= 1
      do {
        return try body(try opened(inMemory: tries == 0))
      } catch let error as LedgerError {
        throw error
      } catch is CacheStuck {
        tries = 1
      } catch let error as DatabaseError where !error.meansDamage && tries == 0 {
        throw .cache(error.description)
      } catch {
        if tries == 0 { throw .cache("\(error)") }
        drop(discarding: Self.meansDamage(error))
      }
    }
  }

  private static func meansDamage(_ error: any Error) -> Bool {
    if error is CacheDamage { return true }
    return (error as? DatabaseError)?.meansDamage ?? false
  }
}
