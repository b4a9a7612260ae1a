import UETGit
import UETLedger
import UETModel
import UETPlanning
import UETReporting

/// What a run is to do, by workstream: what it was started with, and what changes of its plan made
/// of that.
struct PlannedWork: Sendable {
  /// Files that were added by a request and not by the directory of bundles.
  static let addedFolder = "added/"

  struct Item: Hashable, Sendable {
    var workstream: Workstream
    var dependsOn: Set<WorkstreamID>

    /// Where it was declared does not matter.
    func isSame(as other: Item) -> Bool {
      var (one, two) = (self, other)
      one.workstream.source = SourcePlace()
      two.workstream.source = SourcePlace()
      return one == two
    }
  }

  private(set) var items: [WorkstreamID: Item] = [:]
  private(set) var phases: [Phase]
  /// The files that say so; what they say of workstreams that had begun does not count.
  private(set) var bundles: [BundleFile]
  /// Empty for all.
  private(set) var selection: [WorkstreamID]
  /// What the run starts from: links in it count for scopes.
  private let base: BaseTree?

  /// Reads files; throws what is wrong with them.
  init(
    _ bundles: [BundleFile], selection: [WorkstreamID], _ configuration: Configuration?,
    over base: BaseTree?
  ) throws {
    self.base = base
    let read = BundleLoader.load(bundles)
    var loaded = read.placed(in: base)
    // What is on record was good enough when it was recorded.
    if configuration == nil { loaded.diagnostics = read.diagnostics }
    var diagnostics = loaded.diagnostics
    if let configuration { diagnostics += loaded.check(configuration, severity: .error) }
    if diagnostics.hasErrors { throw InvalidDocuments(diagnostics.inFileOrder) }
    for (workstream, dependencies) in zip(loaded.workstreams, loaded.dependencies) {
      items[workstream.id] = Item(
        workstream: workstream,
        dependsOn: Set(dependencies.map { loaded.workstreams[$0].id }))
    }
    phases = loaded.phases
    self.bundles = bundles
    self.selection = selection
  }

  /// What the run was started with.
  init(_ root: RootRecord, in repository: Repository) throws {
    let selection = (root.details["selection"]?.array ?? []).compactMap { entry in
      entry.string.flatMap { WorkstreamID($0) }
    }
    let bundles = root.bundles.map { BundleFile(path: $0.path, bytes: $0.bytes) }
    try self.init(bundles, selection: selection, nil, over: repository.baseTree(root.base))
  }

  /// What other files say, over the same base.
  func reading(_ bundles: [BundleFile], _ configuration: Configuration?) throws -> PlannedWork {
    try PlannedWork(bundles, selection: selection, configuration, over: base)
  }

  /// Takes some of another version as they were.
  mutating func keep(_ ids: [WorkstreamID], of other: PlannedWork) {
    for id in ids { items[id] = other.items[id] ?? items[id] }
  }

  func plan(workers: Int) -> Plan {
    let sorted = items.values.sorted { $0.workstream.id < $1.workstream.id }
    let places = Dictionary(
      sorted.enumerated().map { ($1.workstream.id, $0) }, uniquingKeysWith: { first, _ in first })
    let dependencies = sorted.map { $0.dependsOn.compactMap { places[$0] }.sorted() }
    let options = PlanOptions(workers: workers)
    let workstreams = sorted.map(\.workstream)
    var plan =
      selection.isEmpty
      ? Planner.plan(workstreams: workstreams, dependencies: dependencies, options: options)
      : Planner.plan(
        workstreams: workstreams, dependencies: dependencies, selecting: Set(selection),
        options: options)
    plan.phases = phases.map(\.budget)
    return plan
  }
}

/// A changed plan in the record: a commit with the bundles as they were read and which workstreams
/// they did not change any more; its parent is the change before it.
extension PlannedWork {
  private static let document = "replan.json"
  private static let folder = "bundles"

  /// Follows the changes up to `commit`, from what the run was started with.
  func following(_ commit: ObjectID?, in repository: Repository) throws -> PlannedWork {
    var commits: [ObjectID] = []
    var next = commit
    while let id = next {
      commits.append(id)
      next = try repository.commit(id).parents.first
    }
    var work = self
    for id in commits.reversed() { work = try work.changed(by: id, repository) }
    return work
  }

  private func changed(by id: ObjectID, _ repository: Repository) throws -> PlannedWork {
    let tree = try repository.commit(id).tree
    guard let entry = try repository.entry(at: Self.document, in: tree),
      let document = try? JSONValue(parsing: try repository.blob(entry.id)),
      let files = document["bundles"]?.array
    else {
      throw Refusal(.internalError, "the changed plan in commit \(id.short) cannot be read")
    }
    let bundles = try files.compactMap { file -> BundleFile? in
      guard let path = file["path"]?.string,
        let blob = file["blob"]?.string.flatMap({ ObjectID($0) })
      else { return nil }
      return BundleFile(path: path, bytes: try repository.blob(blob))
    }
    func ids(_ name: String) -> [WorkstreamID] {
      (document[name]?.array ?? []).compactMap { $0.string.flatMap { WorkstreamID($0) } }
    }
    var work = try PlannedWork(bundles, selection: ids("selection"), nil, over: base)
    work.keep(ids("kept"), of: self)
    return work
  }

  /// Stores the change; no reference moves.
  func write(
    keeping kept: [WorkstreamID], after earlier: ObjectID?, _ run: RunID, in project: Project
  ) throws -> ObjectID {
    let repository = project.repository
    var files: [JSONValue] = []
    var entries: [TreeEntry] = []
    for (number, bundle) in bundles.enumerated() {
      let blob = try repository.writeBlob(bundle.bytes)
      files.append(["path": .string(bundle.path), "blob": .commit(blob)])
      let name = bundle.path.split(separator: "/").last.map(String.init) ?? "bundle"
      // Numbered, since two folders may hold files of one name.
      entries.append(TreeEntry(name: "\(number + 1)-\(name)", mode: .file, id: blob))
    }
    let document: JSONValue = [
      "version": 1, "bundles": .array(files),
      "kept": .array(kept.map { .string($0.rawValue) }),
      "selection": .array(selection.map { .string($0.rawValue) }),
    ]
    let tree = try repository.writeTree([
      TreeEntry(
        name: Self.document, mode: .file,
        id: try repository.writeBlob(Array(document.encoded(.pretty).utf8))),
      TreeEntry(name: Self.folder, mode: .tree, id: try repository.writeTree(entries)),
    ])
    let identity = Signature.engine(at: project.clock.now())
    return try repository.writeCommit(
      tree: tree, parents: earlier.map { [$0] } ?? [],
      message: "plan of run \(run), changed\n\nUET-Run: \(run)\n", author: identity,
      committer: identity)
  }
}

extension Project {
  /// The workstreams of a run as they were started with, or as changes of its plan made them since.
  func planned(_ state: RunState) throws -> [WorkstreamID: Workstream] {
    try PlannedWork(reader.root(of: state.run), in: repository)
      .following(state.plan, in: repository).items.mapValues(\.workstream)
  }

  /// What was reported of the models' use in a run.
  package func cost(of run: RunID, by grouping: CostGrouping) throws -> CostReport {
    let archived = try archived(run).map { try Cache.cost(of: $0, reader: reader) }
    let state = grouping.needsPlan ? try state(of: run) : nil
    return CostReport(
      run, by: grouping, adding: try archived ?? cache.cost(of: run),
      planned: try state.map(planned) ?? [:], state: state)
  }
}
