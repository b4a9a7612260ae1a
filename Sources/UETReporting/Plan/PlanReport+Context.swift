import UETModel
import UETPlanning

extension PlanReport {
  /// The workstreams whose agents have most to read, with what their bundles say of it.
  func context(_ style: TextStyle) -> [String] {
    guard !contextTokens.isEmpty else { return [] }
    let counts = plan.workstreams.indices.map { (index: $0, tokens: tokens($0)) }
      .sorted { (-$0.tokens, $0.index) < (-$1.tokens, $1.index) }
    let sum = counts.reduce(0) { $0 + $1.tokens }
    let lines = counts.prefix(8).map { index, tokens in
      "  \(style.pad(name(index), to: 40)) \(tokens)" + declared(index, tokens)
    }
    let rest = counts.count - lines.count
    return style.titled("Context", ", in tokens of prompts and scopes: \(sum)", indent: 4) + lines
      + (rest > 0 ? ["  \(style.ellipsis) and \(rest) more, in --json"] : [])
  }

  private func tokens(_ index: Int) -> Int { contextTokens[plan.id(index)] ?? 0 }

  private func declared(_ index: Int, _ tokens: Int) -> String {
    guard let declared = plan.workstreams[index].estimate.contextTokens else { return "" }
    let isFar = Workstream.Estimate.isFar(declared, from: tokens)
    return isFar ? " (its bundle says \(declared))" : ""
  }
}
