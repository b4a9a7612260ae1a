extension RunState {
  package func provider(_ name: String) -> ProviderRecord? { providers.first { $0.name == name } }

  private mutating func updateProvider(_ name: String, _ body: (inout ProviderRecord) -> Void) {
    if let index = providers.firstIndex(where: { $0.name == name }) {
      body(&providers[index])
    } else {
      var provider = ProviderRecord(name: name)
      body(&provider)
      providers.append(provider)
    }
  }

  /// Several attempts that are told at once are told one thing: it counts once, and the longest
  /// wait stands.
  mutating func foldRateLimit(_ fact: Told<Fact.RateLimit>, _ event: Event) {
    guard let name = fact.provider else { return }
    updateProvider(name) { provider in
      let isNews = provider.until.map { $0 <= event.at } ?? true
      if isNews {
        provider.waits += 1
        (provider.since, provider.until) = (event.at, fact.until)
      } else if let until = fact.until {
        provider.until = max(provider.until ?? until, until)
      }
      provider.reason = fact.reason
      guard let concurrency = fact.concurrency else { return }
      provider.concurrency = concurrency
      provider.overload = max(provider.overload ?? 0, fact.running ?? concurrency)
    }
  }

  /// One that was answered to its end: the provider bears one more, up to what was too many.
  mutating func foldAnswered(_ fact: Told<Fact.TaskEnd>) {
    guard let name = fact.provider, provider(name) != nil else { return }
    updateProvider(name) { provider in
      provider.waits = 0
      guard let concurrency = provider.concurrency else { return }
      provider.concurrency = concurrency + 1
      if concurrency + 1 >= provider.overload ?? 0 {
        (provider.concurrency, provider.overload) = (nil, nil)
      }
    }
  }
}
