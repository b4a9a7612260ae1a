import UETModel
import UETPlanning
import UETSystem

/// One workstream as a person asks for it in a line.
package struct BundleRequest: Sendable {
  package var prompt: String
  package var writes: [String] = []
  package var creates: [String] = []
  package var reads: [String] = []
  package var after: [String] = []
  package var tool: String?
  package var model: String?
  package var gates: [String] = []
  package var id: String?

  package init(_ prompt: String) { self.prompt = prompt }
}

/// Its bundle, checked together with all that are there; nothing is written yet.
package struct AddedBundle: Sendable {
  package let file: BundleFile
  package let workstream: Workstream
  /// Of all bundles with this one.
  package let plan: Plan
  package let index: Int
  package let warnings: [Diagnostic]
}

extension Project {
  /// Throws what is wrong, with this one or with the rest: nothing is added to what is broken.
  package func bundle(for request: BundleRequest) throws -> AddedBundle {
    try requireWorkTree()
    let files = try bundlesIfAny()
    let known = BundleLoader.load(files)
    let task = try task(of: request)
    let id = try id(for: request, known)
    // What is only made is written as well, and a bundle needs to say what it writes.
    let isNew = request.writes.isEmpty
    var text = BundleText(
      id, tasks: [task], writes: isNew ? request.creates : request.writes,
      tool: try agent(named: request.tool, besides: known, for: "add"))
    text.creates = isNew ? [] : request.creates
    (text.reads, text.gates) = (request.reads, request.gates)
    (text.dependsOn, text.model) = (request.after, request.model)
    let file = text.file(in: configuration.workstreams, ending: BundleText.ending(of: files))
    try requireFree(file.path)
    try requireNoSecrets(in: [file])
    let judged = try judged(files + [file])
    guard let index = judged.plan.index(of: id) else {
      throw Refusal(.internalError, "the bundle of '\(id)' is not in the plan")
    }
    return AddedBundle(
      file: file, workstream: judged.plan.workstreams[index], plan: judged.plan, index: index,
      warnings: judged.warnings)
  }

  /// Writes a bundle where no file is.
  package func write(_ bundle: BundleFile) throws {
    guard let root = repository.workTree else { return try requireWorkTree() }
    let path = "\(root)/\(bundle.path)"
    try Files.makeDirectory(above: path)
    try requireFree(bundle.path)
    try Files.create(bundle.bytes, at: path)
  }

  func requireFree(_ path: String) throws {
    guard let root = repository.workTree, Files.kind("\(root)/\(path)") != nil else { return }
    throw Refusal(
      .usage, "\(path.quoted(limit: 100)) is there already, and stays as it is",
      hint: "give the workstream another name: --id ws-NAME")
  }

  /// The files of the bundle folder; none where there is no such folder, or it is empty.
  func bundlesIfAny() throws -> [BundleFile] {
    do { return try bundleFiles() } catch is NoBundles { return [] }
  }

  private func task(of request: BundleRequest) throws -> String {
    let task = request.prompt.trimmedLines.joined(separator: "\n")
    if task.allSatisfy(\.isWhitespace) {
      throw Refusal(
        .usage, "the prompt is empty", hint: "say what is to be done: git uet add \"Fix the typo\"")
    }
    return task
  }

  private func id(for request: BundleRequest, _ known: LoadedBundles) throws -> WorkstreamID {
    let name = request.id ?? "ws-" + Self.slug(of: request.prompt)
    guard let id = WorkstreamID(name) else {
      throw Refusal(
        .usage,
        request.id == nil
          ? "no id can be made of \(request.prompt.quoted(limit: 40))"
          : "\(name.quoted(limit: 60)) is no id: 'ws-', then a-z, 0-9 and '-'",
        hint: "name it: --id ws-NAME")
    }
    guard let other = known.workstreams.first(where: { $0.id == id }) else { return id }
    let free = (2...).lazy.compactMap { WorkstreamID("\(id)-\($0)") }
      .first { next in !known.workstreams.contains { $0.id == next } }
    throw Refusal(
      .usage, "'\(id)' is declared already, in \(other.source.description.terminalSafe)",
      hint: "give this one another name: --id \(free?.rawValue ?? "ws-NAME")")
  }

  /// The first words of a prompt, whole ones where that leaves any.
  private static func slug(of prompt: String) -> String {
    let line = prompt.split(whereSeparator: \.isNewline).first ?? ""
    let (long, short) = (String(slugOf: line, limit: 60), String(slugOf: line, limit: 40))
    var slug = short
    if long.count > short.count, !long.dropFirst(short.count).hasPrefix("-"),
      let cut = short.lastIndex(of: "-")
    {
      slug = String(short[..<cut])
    }
    while slug.last == "-" { slug.removeLast() }
    return slug
  }
}
