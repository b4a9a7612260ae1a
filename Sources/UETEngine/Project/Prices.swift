import Synchronization
import UETModel
import UETSystem
import UETTools

/// The prices that count here: the program's own book, what `.uet/prices.yaml` says over it, and
/// over both what the user's own file says. Read when it is first asked for.
package final class Prices: Sendable {
  private let files: [String]
  private let warn: @Sendable (String) -> Void
  private let known = Mutex<PriceBook?>(nil)

  package init(
    root: String?, environment: [String: String], warn: @escaping @Sendable (String) -> Void
  ) {
    var files = root.map { ["\($0)/.uet/prices.yaml"] } ?? []
    if let folder = environment["XDG_CONFIG_HOME"], folder.hasPrefix("/") {
      files.append("\(folder)/git-uet/prices.yaml")
    } else if let home = environment["HOME"] {
      files.append("\(home)/.config/git-uet/prices.yaml")
    }
    self.files = files
    self.warn = warn
  }

  package var book: PriceBook {
    known.withLock { known in
      if let known { return known }
      var book = PriceBook.builtIn()
      for file in files {
        do {
          guard let bytes = try Files.read(file) else { continue }
          book = book.overlaid(by: try PriceBook(reading: String(decoding: bytes, as: UTF8.self)))
        } catch let problem as PriceBookError {
          warn("prices of '\(file)' do not count: line \(problem.line): \(problem.message)")
        } catch {
          warn("prices of '\(file)' do not count: \(error)")
        }
      }
      known = book
      return book
    }
  }

  func cost(of usage: UsageRecord, at time: Timestamp) -> (Cost, edition: String) {
    let book = book
    return (book.cost(of: usage, at: time), book.edition)
  }
}

extension Project {
  /// The prices that count in this repository.
  package var prices: Prices {
    Prices(root: repository.workTree, environment: environment, warn: warn)
  }
}
