import UETEngine
import UETModel
import UETPlanning

extension [Diagnostic] {
  /// What `--json` prints where bundles are looked at and no plan comes of it.
  func document(isValid: Bool, count: Int) -> JSONValue {
    [
      "version": 1, "valid": .bool(isValid), "errors": .array(errors.map(\.json)),
      "warnings": .array(warnings.map(\.json)), "count": .integer(Int64(count)),
    ]
  }
}

extension CommandContext {
  /// Runs `body`; what is wrong with documents is then printed as JSON where that is asked for.
  func printingProblems<Value>(
    asJSON: Bool, _ body: () throws -> Value
  ) throws -> Value {
    do { return try body() } catch let documents as InvalidDocuments where asJSON {
      print(documents.diagnostics.document(isValid: false, count: 0))
      throw documents.refusal.status
    }
  }

  /// The same around something that takes its time.
  nonisolated(nonsending) func printingProblems<Value>(
    asJSON: Bool, _ body: nonisolated(nonsending) () async throws -> Value
  ) async throws -> Value {
    do { return try await body() } catch let documents as InvalidDocuments where asJSON {
      print(documents.diagnostics.document(isValid: false, count: 0))
      throw documents.refusal.status
    }
  }
}
