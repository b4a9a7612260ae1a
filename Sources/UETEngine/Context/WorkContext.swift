import UETContext
import UETGit
import UETModel
import UETPlanning
import UETTools

/// What a workstream's agent has to read, and what that costs.
package struct WorkContext: Sendable {
  package let workstream: WorkstreamID
  /// The commit whose files were read.
  package let base: ObjectID
  /// The model as it is named; nil where nobody names one.
  package let model: String?
  package let family: TokenFamily
  /// Whether the model is known to use that vocabulary.
  package let isOwnVocabulary: Bool
  /// nil where the price book does not know the model.
  package let window: ContextWindow?
  /// Tokens of what the agent is asked.
  package let prompt: Int
  /// What it may change, and what it needs to know besides, in the order in which they matter.
  package let scope: [ContextFile]
  package let needed: [ContextFile]
  /// Files of the scope that are no text.
  package let binary: [String]
  /// What the bundle declares.
  package let declared: Int?
  /// What past attempts with the model took, as multiples of what was estimated.
  package let calibration: Calibration?
  /// What could not be looked at, in words.
  package let gaps: [String]

  package var scopeTokens: Int { scope.reduce(0) { $0 + $1.tokens } }
  package var neededTokens: Int { needed.reduce(0) { $0 + $1.tokens } }
  package var total: Int { prompt + scopeTokens + neededTokens }

  /// Without comments, and without what was generated, logs, and tests that the work is not about.
  package var prunedTotal: Int {
    let kept = needed.filter(isKept)
    return prompt + prunedScope + kept.reduce(0) { $0 + $1.prunedTokens }
  }

  package var prunedScope: Int { scope.reduce(0) { $0 + $1.prunedTokens } }

  /// How it may be made to fit; nil where it fits, or nobody knows the window.
  package var strategy: ContextStrategy? {
    window?.strategy(whole: total, pruned: prunedTotal, scope: prompt + prunedScope)
  }

  /// Whether pruning leaves a file that is not to be changed: what people write, tests where the
  /// work is about some, and what the bundle names.
  func isKept(_ file: ContextFile) -> Bool {
    if file.reasons.contains(.declared) { return true }
    return file.role == .source || file.role == .test && scope.contains { $0.role == .test }
  }
}

extension Project {
  /// The context of a workstream as a run would start it now.
  /// - Parameter model: Overrides what the bundle and the configuration name.
  package func context(of name: String, model: String? = nil) async throws -> WorkContext {
    var reader = try ContextReader(self)
    let context = try await reader.context(of: name, model: model)
    reader.keep()
    return context
  }

  /// For every workstream the tokens of its prompt and of the files that it may change.
  package func contextTokens(of workstreams: [Workstream]) throws -> [WorkstreamID: Int] {
    var reader = try ContextReader(self)
    var tokens: [WorkstreamID: Int] = [:]
    for workstream in workstreams {
      tokens[workstream.id] = try reader.scopeTokens(of: workstream)
    }
    reader.keep()
    return tokens
  }
}

/// Reads what workstreams need of one commit.
struct ContextReader {
  private let project: Project
  private let base: ObjectID
  private let blobs: [String: ObjectID]
  private let index: PathIndex
  private var known: ReadFiles
  private let book: PriceBook
  private let rules: String?

  /// More files than these are not looked at for one workstream, besides its scope.
  private static let mostNear = 400
  private static let mostCoChanged = 40
  private static let mostShown = 200

  init(_ project: Project) throws {
    self.project = project
    base = try project.repository.resolveBranchFirst(project.configuration.run.base)
    var blobs: [String: ObjectID] = [:]
    var paths: [String] = []
    for change in try project.repository.changes(from: nil, to: base) {
      guard let side = change.new, side.mode != .submodule, side.mode != .symlink else { continue }
      blobs[change.path] = side.id
      paths.append(change.path)
    }
    self.blobs = blobs
    index = PathIndex(paths)
    // For many workstreams, each read once.
    book = project.prices.book
    rules = try? project.houseRules(at: base)
    known = ReadFiles(project.contextCache("read") ?? [])
  }

  /// Writes what was learned, for the next one.
  func keep() {
    if known.hasChanged { project.keepContextCache("read", known.bytes) }
  }

  private func text(_ path: String) -> [UInt8]? {
    blobs[path].flatMap { try? project.repository.blob($0) }
  }

  /// - Parameter text: Where it has been read already.
  @discardableResult
  private mutating func read(_ path: String, _ text: [UInt8]? = nil) -> ReadFile? {
    guard let blob = blobs[path] else { return nil }
    let key = ReadFiles.Key(blob, path: path)
    if let file = known[key] { return file }
    guard let text = text ?? self.text(path) else { return nil }
    let file = ReadFile(path: path, text: text)
    known.add(file, key)
    return file
  }

  private mutating func file(
    _ path: String, _ reasons: [ContextFile.Reason], _ family: TokenFamily
  ) -> ContextFile? {
    guard let read = read(path) else { return nil }
    return ContextFile(
      path: path, reasons: reasons, tokens: read.tokens(family),
      prunedTokens: read.prunedTokens(family), role: read.role)
  }

  mutating func scopeTokens(of workstream: Workstream) throws -> Int {
    let (family, _, _, _) = project.vocabulary(of: workstream, model: nil, book)
    let paths = index.paths(in: workstream.scope.writes + workstream.scope.creates)
    return paths.reduce(promptTokens(workstream, family)) { $0 + (read($1)?.tokens(family) ?? 0) }
  }

  private func promptTokens(_ workstream: Workstream, _ family: TokenFamily) -> Int {
    var prompt = Prompt(workstream: workstream, attempt: 1)
    prompt.preamble = rules
    return TextProfile(Array(prompt.text.utf8)).tokens(family)
  }

  mutating func context(of name: String, model: String?) async throws -> WorkContext {
    let loaded = BundleLoader.load(try project.bundleFiles())
      .placed(in: project.repository.baseTree(base))
    if loaded.diagnostics.hasErrors { throw InvalidDocuments(loaded.diagnostics.inFileOrder) }
    guard let place = loaded.workstreams.firstIndex(where: { $0.id.rawValue == name }) else {
      throw Refusal.unknownWorkstream(name, known: loaded.workstreams.map(\.id))
    }
    let workstream = loaded.workstreams[place]
    let (family, isOwn, window, modelName) = project.vocabulary(of: workstream, model: model, book)
    let scope = workstream.scope
    let paths = index.paths(in: scope.writes + scope.creates)
    let texts = paths.compactMap { path in text(path).map { (path, $0) } }
    var reasons: [String: [ContextFile.Reason]] = [:]
    var gaps: [String] = []
    for path in index.paths(in: scope.reads) { reasons[path, default: []].append(.declared) }
    for need in loaded.dependencies[place] {
      let other = loaded.workstreams[need]
      for path in index.paths(in: other.scope.writes).prefix(Self.mostCoChanged) {
        reasons[path, default: []].append(.result(of: other.id.rawValue))
      }
    }
    let imports = Imports(index)
    for (path, text) in texts {
      read(path, text)
      for other in imports.files(of: path, text: text) {
        reasons[other, default: []].append(.imported(by: path))
      }
      for test in index.tests(of: path) { reasons[test, default: []].append(.tests(path)) }
    }
    for (path, share) in try await project.coChange(at: base).files(with: Set(paths))
      .sorted(by: { ($1.value.together, $0.key) < ($0.value.together, $1.key) })
      .prefix(Self.mostCoChanged)
    {
      reasons[path, default: []].append(.changedWith(together: share.together, of: share.of))
    }
    gaps += await declaring(texts, &reasons)
    for path in paths { reasons[path] = nil }
    let files = paths.compactMap { file($0, [.scope], family) }
    let needed = reasons.compactMap { file($0.key, Self.once($0.value), family) }
      .filter { $0.role != .binary && ContextFile.weight($0.reasons) >= 2 }
    return WorkContext(
      workstream: workstream.id, base: base, model: modelName, family: family,
      isOwnVocabulary: isOwn, window: window, prompt: promptTokens(workstream, family),
      scope: files.filter { $0.role != .binary },
      needed: Array(ContextRanking.ranked(needed).prefix(Self.mostShown)),
      binary: files.filter { $0.role == .binary }.map(\.path),
      declared: workstream.estimate.contextTokens,
      calibration: try modelName.flatMap { try project.calibration(of: $0) }, gaps: gaps)
  }

  private static func once(_ reasons: [ContextFile.Reason]) -> [ContextFile.Reason] {
    var kinds: Set<Int> = []
    return reasons.filter { kinds.insert($0.kind).inserted }
  }

  /// Which of the files nearby declare names that the scope's files use. Returns what could not be
  /// looked at.
  private func declaring(
    _ texts: [(String, [UInt8])], _ reasons: inout [String: [ContextFile.Reason]]
  ) async -> [String] {
    guard !texts.isEmpty else { return [] }
    guard let reader = DeclarationReader(project.environment) else {
      return ["which names files declare: Universal Ctags is not installed"]
    }
    let scope = Set(texts.map(\.0))
    let endings = Set(scope.map { PathIndex.name($0).split(separator: ".").last ?? "" })
    let folders = Set((Array(scope) + Array(reasons.keys)).map { PathIndex.folder($0) })
    var near = Set(reasons.keys)
    for folder in folders.sorted() where near.count < Self.mostNear {
      near.formUnion(index.files(in: folder))
    }
    let candidates = near.subtracting(scope).filter { path in
      endings.contains(PathIndex.name(path).split(separator: ".").last ?? "")
        && !TestNames.isTest(path)
    }.sorted().prefix(Self.mostNear)
    let inputs = candidates.compactMap { path in text(path).map { (path: path, bytes: $0) } }
      .filter { $0.bytes.count < 500_000 }
    guard let declared = await reader.read(inputs) else {
      return ["which names files declare: ctags failed"]
    }
    var owners: [String: Int] = [:]
    for names in declared { for name in Set(names.map(\.name)) { owners[name, default: 0] += 1 } }
    let used = texts.reduce(into: Set<String>()) { $0.formUnion(Identifiers.of($1.1)) }
    for (input, names) in zip(inputs, declared) {
      let found = Set(names.map(\.name)).filter {
        $0.utf8.count > 3 && owners[$0] == 1 && used.contains($0)
      }
      if found.isEmpty { continue }
      reasons[input.path, default: []].append(
        .declares(count: found.count, names: Array(found.sorted().prefix(3))))
    }
    return []
  }
}
