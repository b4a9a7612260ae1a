import UETModel
import UETPlanning

/// Bundles, or a configuration, that cannot be used as they are; all that is wrong with them.
package struct InvalidDocuments: Refusing {
  package let diagnostics: [Diagnostic]

  package init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }

  package var refusal: Refusal {
    let count = diagnostics.errors.count.counting("error")
    var refusal = Refusal(.usage, "", hint: "\(count); check again with: git uet validate")
    refusal.messages = diagnostics.flatMap { diagnostic in
      [diagnostic.description] + (diagnostic.hint.map { ["  hint: \($0)"] } ?? [])
    }
    refusal.isDiagnostic = true
    return refusal
  }
}
