import UETContext
import UETGit
import UETModel

/// What an agent has to read, as one text.
package struct ContextPack: Sendable {
  package let text: String
  /// Tokens of it, and files that did not fit.
  package let tokens: Int
  package let leftOut: Int
}

extension Project {
  /// The files of the scope, then what is needed, in the order in which it matters, as far as there
  /// is room: whole, or by the strategy for files that are not to be changed.
  /// - Parameters:
  ///   - kept: Comments that pruning leaves.
  ///   - room: The most tokens; nil for what the model takes.
  package func pack(
    _ context: WorkContext, strategy: ContextStrategy?, keeping kept: Set<CommentKind> = [],
    room: Int?
  ) async throws -> ContextPack {
    let most = room ?? context.window.map { $0.room - context.prompt } ?? .max
    let gone = Set(CommentKind.allCases).subtracting(kept)
    let outlines = strategy == .summarise ? try await outlines(of: context) : [:]
    var (text, tokens, leftOut) = ("", 0, 0)
    for file in context.scope + context.needed {
      let isScope = file.reasons.contains(.scope)
      if !isScope, strategy != nil, !context.isKept(file) {
        leftOut += 1
        continue
      }
      guard let entry = try repository.entry(at: file.path, in: context.base) else { continue }
      var bytes = try repository.blob(entry.id)
      var mark = ""
      if strategy != nil, !isScope {
        if let outline = outlines[file.path] {
          (bytes, mark) = (outline, " (declarations)")
        } else {
          bytes = Pruning.prune(bytes, path: file.path, without: gone)
          mark = " (without comments)"
        }
      }
      let fence = Self.fence(for: bytes)
      let head = "\(file.path.terminalSafe)\(mark)\n\(fence)\n"
      let part = head + String(decoding: bytes, as: UTF8.self)
      let whole = part + (part.hasSuffix("\n") ? "" : "\n") + "\(fence)\n\n"
      let count = TextProfile(Array(whole.utf8)).tokens(context.family)
      guard tokens + count <= most else {
        leftOut += 1
        continue
      }
      text += whole
      tokens += count
    }
    return ContextPack(text: text, tokens: tokens, leftOut: leftOut)
  }

  /// Longer than any that the text holds.
  private static func fence(for bytes: [UInt8]) -> String {
    var (longest, run) = (2, 0)
    for byte in bytes {
      run = byte == UInt8(ascii: "`") ? run + 1 : 0
      longest = max(longest, run)
    }
    return String(repeating: "`", count: longest + 1)
  }

  /// For files that are not to be changed the lines that declare something, with their numbers.
  private func outlines(of context: WorkContext) async throws -> [String: [UInt8]] {
    guard let reader = DeclarationReader(environment) else {
      throw Refusal(
        .usage, "declarations are found by Universal Ctags, which is not installed",
        hint: "install the package 'universal-ctags', or take --strategy prune")
    }
    let inputs = try context.needed.compactMap { file -> (path: String, bytes: [UInt8])? in
      guard file.role == .source, let entry = try repository.entry(at: file.path, in: context.base)
      else { return nil }
      return (file.path, try repository.blob(entry.id))
    }
    guard let declared = await reader.read(inputs) else { return [:] }
    var outlines: [String: [UInt8]] = [:]
    for (input, found) in zip(inputs, declared) where !found.isEmpty {
      let lines = input.bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
      var text: [UInt8] = []
      for number in Set(found.map(\.line)).sorted() where (1...lines.count).contains(number) {
        text += Array("\(number): ".utf8) + lines[number - 1] + [0x0A]
      }
      outlines[input.path] = text
    }
    return outlines
  }
}
