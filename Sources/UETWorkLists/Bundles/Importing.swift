import UETModel

/// Puts drafts into bundles: new ones are added, those that are there follow their source where no
/// person edited them.
package struct Importing {
  private var folder: BundleFolder
  private var outcome = ImportOutcome()
  /// New files: the phase and its entries.
  private var fresh: [(path: String, phase: String, entries: [String])] = []
  /// What was imported before, by list.
  private let known: [String: [BundleFolder.Place]]
  /// Workstreams that would be removed, each with its place.
  private var leaving: [(place: BundleFolder.Place, reason: String)] = []
  private var wanted: Set<String> = []

  /// Of the word `proposed: true`.
  private static let proposed = Digest.of(true)

  /// - Parameter whole: A format of which all lists are there: what was imported from others of it
  ///   is told, and left.
  package static func outcome(
    of lists: [DraftList], into folder: BundleFolder, whole: WorkListFormat? = nil
  ) -> ImportOutcome {
    var importing = Importing(folder: folder)
    for list in lists { importing.take(list) }
    if let whole { importing.tellMissing(whole, Set(lists.map(\.list.name))) }
    importing.removeLeaving()
    importing.finish()
    return importing.outcome
  }

  private init(folder: BundleFolder) {
    self.folder = folder
    wanted = folder.otherDependencies
    known = Dictionary(
      grouping: folder.places.values,
      by: { Self.name(of: $0.record.name.format, $0.record.name.list) }
    ).mapValues { $0.sorted { ($0.file, $0.entry) < ($1.file, $1.entry) } }
  }

  private static func name(of format: WorkListFormat, _ list: String) -> String {
    format.rawValue + "\0" + list
  }

  private func places(of list: WorkList) -> [BundleFolder.Place] {
    known[Self.name(of: list.format, list.name)] ?? []
  }

  private mutating func take(_ drafted: DraftList) {
    let list = drafted.list
    outcome.findings += drafted.findings
    let path = (folder.path.isEmpty ? "" : folder.path + "/") + drafted.stem + ".json"
    let home = home(of: list, named: path)
    var added: [String] = []
    var seen: Set<String> = []
    for draft in drafted.drafts {
      seen.insert(draft.item.key)
      let entry = BundleEntry(draft, of: list)
      if let place = folder.places[entry.record.name] {
        update(place, entry)
      } else if let other = folder.foreign[entry.record.name] {
        outcome.findings.append(
          Finding(
            "not_json", other.file,
            "\(other.id) was imported into a file that is no JSON; it stays as it is",
            item: draft.item.id, weight: .note))
        outcome.changes.append(
          ImportChange(
            workstream: other.id, name: entry.record.name, action: .unchanged, file: other.file))
      } else if home == nil, folder.isTaken(path) {
        outcome.findings.append(
          Finding(
            "not_written", path,
            "the file is there and is no list of workstreams; '\(entry.id)' is not added"))
      } else {
        if let home { folder.texts[home].add(entry.text) } else { added.append(entry.text) }
        note(dependenciesOf: entry.dependencies)
        outcome.changes.append(
          ImportChange(
            workstream: entry.id, name: entry.record.name, action: .added,
            file: home.map { folder.texts[$0].path } ?? path))
      }
    }
    if !added.isEmpty { fresh.append((path, drafted.stem, added)) }
    findLeaving(list, seen)
  }

  private mutating func tellMissing(_ format: WorkListFormat, _ names: Set<String>) {
    for (_, places) in known.sorted(by: { $0.key < $1.key }) {
      guard let first = places.first, first.record.name.format == format,
        !names.contains(first.record.name.list)
      else { continue }
      outcome.findings.append(
        Finding(
          "list_gone", folder.texts[first.file].path,
          "\(places.count.counting("workstream")) of \(first.record.name.list.quoted(limit: 60)): that list "
            + "is not at the source any more; remove them by hand if they are done with"))
    }
  }

  /// The file that holds the list's other workstreams, wherever a person put it; else the one of
  /// its name.
  private func home(of list: WorkList, named path: String) -> Int? {
    let files = places(of: list).map(\.file).filter { folder.texts[$0].isList }
    return files.min() ?? folder.texts.firstIndex { $0.path == path && $0.isList }
  }

  private mutating func note(dependenciesOf names: [String]) { wanted.formUnion(names) }

  // MARK: Known

  private mutating func update(_ place: BundleFolder.Place, _ entry: BundleEntry) {
    let node = folder.texts[place.file].entries[place.entry]
    guard case .object(let members) = node.value,
      let own = members.last(where: { $0.key == BundleEntry.key })
    else { return }
    var change = ImportChange(
      workstream: place.id, name: entry.record.name, action: .unchanged,
      file: folder.texts[place.file].path)
    var record = entry.record
    // A person has looked at the scope: it is as good as written by hand.
    let isConfirmed =
      place.record[.proposed] == Self.proposed
      && node["proposed"]?.bool != true
    for field in BundleEntry.Field.allCases {
      let (name, value) = (field.name, entry[field])
      let current = node[name].flatMap { $0.isNull ? nil : $0 }
      let (now, base) = (Digest.of(current?.json), place.record[field])
      let new = entry.record[field]
      if now == new { continue }
      let isHand = now != base || (isConfirmed && (field.isOfScope || field == .proposed))
      if isHand || field == .tool {
        record[field] = base
        if isHand, field.isOfSource, new != base {
          change.differences.append(
            ImportChange.Difference(field: name, source: (value ?? .null).encoded()))
        }
        continue
      }
      change.fields.append(name)
      let text = value.map(BundleEntry.text) ?? (field == .proposed ? "false" : "null")
      if let there = node[name] {
        folder.texts[place.file].replace(there, with: text)
      } else {
        folder.texts[place.file].insert(name, text, before: own)
      }
    }
    if isConfirmed { record[.proposed] = Self.proposed }
    let json = record.json
    if json != own.value.json { folder.texts[place.file].replace(own.value, with: json.encoded()) }
    if !change.fields.isEmpty { change.action = .updated }
    outcome.changes.append(change)
    let follows = change.fields.contains(BundleEntry.Field.dependencies.name)
    note(dependenciesOf: follows ? entry.dependencies : Self.dependencies(node))
  }

  private static func dependencies(_ node: SourceJSON) -> [String] {
    node["depends_on"]?.array?.compactMap(\.string) ?? []
  }

  // MARK: Done or gone

  private mutating func findLeaving(_ list: WorkList, _ seen: Set<String>) {
    let items = Dictionary(list.items.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    for place in places(of: list) where !seen.contains(place.record.name.key) {
      let name = place.record.name
      if let item = items[name.key] {
        let reason =
          switch item.state {
          case .done: "done at the source"
          case .dropped: "dropped at the source"
          case .open: "only holds others together now"
          }
        leaving.append((place, reason))
      } else if list.isWhole {
        leaving.append((place, "gone from the source"))
      } else {
        note(dependenciesOf: Self.dependencies(folder.texts[place.file].entries[place.entry]))
      }
    }
  }

  /// Removes what nobody edited and nobody depends on; the rest stays, and is told.
  private mutating func removeLeaving() {
    let names = Set(leaving.map(\.place.id.rawValue))
    for (place, _) in leaving where isEdited(place) {
      wanted.formUnion(Self.dependencies(folder.texts[place.file].entries[place.entry]))
    }
    noteOthers(except: names)
    for (place, reason) in leaving {
      var change = ImportChange(
        workstream: place.id, name: place.record.name, action: .removed,
        file: folder.texts[place.file].path, reason: reason)
      if isEdited(place) {
        (change.action, change.reason) = (.kept, reason + ", and edited by hand")
      } else if wanted.contains(place.id.rawValue) {
        (change.action, change.reason) = (.kept, reason + ", and others depend on it")
      } else {
        folder.texts[place.file].remove(place.entry)
      }
      outcome.changes.append(change)
    }
  }

  /// What workstreams depend on that no list of this import is about.
  private mutating func noteOthers(except names: Set<String>) {
    let changed = Set(outcome.changes.map(\.workstream.rawValue))
    for text in folder.texts {
      for node in text.entries {
        let id = node["id"]?.string ?? ""
        if !names.contains(id), !changed.contains(id) {
          note(dependenciesOf: Self.dependencies(node))
        }
      }
    }
  }

  /// Whether a person changed anything but the word that confirms.
  private func isEdited(_ place: BundleFolder.Place) -> Bool {
    guard let members = folder.texts[place.file].entries[place.entry].members else { return true }
    let fields = Set(BundleEntry.Field.allCases.map(\.name))
    let node = folder.texts[place.file].entries[place.entry]
    for member in members where !["id", BundleEntry.key].contains(member.key) {
      guard fields.contains(member.key) else { return true }
    }
    for field in BundleEntry.Field.allCases where field != .proposed {
      let value = node[field.name].flatMap { $0.isNull ? nil : $0 }
      if Digest.of(value?.json) != place.record[field] { return true }
    }
    return false
  }

  private mutating func finish() {
    for text in folder.texts where text.isChanged {
      outcome.files.append(
        ImportOutcome.File(path: text.path, bytes: text.isEmptied ? nil : text.edited()))
    }
    for file in fresh {
      outcome.files.append(
        ImportOutcome.File(
          path: file.path, bytes: BundleText.new(phase: file.phase, file.entries)))
    }
  }
}

extension WorkList {
  /// Whether what it does not hold is really gone.
  fileprivate var isWhole: Bool {
    !isPartial && !findings.contains { ["not_json", "no_head", "no_tasks"].contains($0.code) }
  }
}
