import UETModel

/// Prices by provider, model, tier, time and the length of a request.
package struct PriceBook: Sendable {
  /// The day it was looked up, or what its file calls it.
  package private(set) var edition: String
  /// By model; in the order of the file: the last that holds counts.
  private var rows: [Key: [PriceRow]] = [:]
  private var aliases: [Key: String] = [:]
  private var windows: [Key: Int] = [:]
  /// Providers in the order of the file: the first that has a name is meant where none is said.
  private var providers: [String] = []

  package struct Key: Hashable, Sendable {
    package var provider: String
    package var model: String

    package init(_ provider: String, _ model: String) {
      self.provider = provider
      self.model = model
    }
  }

  package init(edition: String) { self.edition = edition }

  mutating func name(_ edition: String) { self.edition = edition }

  mutating func add(_ row: PriceRow) {
    if !providers.contains(row.provider) { providers.append(row.provider) }
    rows[Key(row.provider, row.model), default: []].append(row)
  }

  mutating func add(alias: String, of model: String, provider: String) {
    aliases[Key(provider, alias)] = model
  }

  mutating func add(window: Int, of key: Key) { windows[key] = window }

  /// The most tokens of input that a request of the model may have; nil where nobody says.
  package func window(of key: Key) -> Int? { windows[key] }

  /// This book with what another one says put over it: a model that it names has its prices alone.
  package func overlaid(by other: PriceBook) -> PriceBook {
    var result = self
    result.edition = "\(edition)+\(other.edition)"
    result.rows.merge(other.rows) { _, new in new }
    result.aliases.merge(other.aliases) { _, new in new }
    result.windows.merge(other.windows) { _, new in new }
    result.providers = other.providers + providers.filter { !other.providers.contains($0) }
    return result
  }

  /// All models, sorted by provider and name.
  package var models: [Key] {
    rows.keys.sorted { ($0.provider, $0.model) < ($1.provider, $1.model) }
  }

  package func rows(of key: Key) -> [PriceRow] { rows[key] ?? [] }

  /// The model of exactly that name, an alias looked through.
  func find(_ name: String, provider: String?) -> Key? {
    for candidate in provider.map({ [$0] }) ?? providers {
      let key = Key(candidate, name)
      if rows[key] != nil { return key }
      if let model = aliases[key], rows[Key(candidate, model)] != nil {
        return Key(candidate, model)
      }
    }
    return nil
  }

  /// What one request costs for a token; nil where the model has no price of that tier.
  package func rates(
    of key: Key, tier: String?, at time: Timestamp, wholeInput: Int
  ) -> PriceRow.Rates? {
    let all = rows[key] ?? []
    if let tier, !all.contains(where: { $0.tier == tier }) { return nil }
    return all.last { row in
      (row.tier == nil || row.tier == tier) && row.holds(at: time)
        && row.above.map { wholeInput > $0 } ?? true
    }?.rates
  }

  /// The lengths of input above which a request of the model is dearer, ascending.
  package func thresholds(of key: Key, tier: String?, at time: Timestamp) -> [Int] {
    let found = (rows[key] ?? []).filter { $0.tier == tier && $0.holds(at: time) }
    return Set(found.compactMap(\.above)).sorted()
  }
}
