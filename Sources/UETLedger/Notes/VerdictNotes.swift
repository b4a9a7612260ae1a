import UETModel

/// The verdicts of a run's gates, one JSON line each, noted at the tree that they were given on.
struct VerdictNotes {
  let run: RunID
  let events: [Event]

  var lines: [ObjectID: Set<String>] {
    var result: [ObjectID: Set<String>] = [:]
    for event in events {
      guard let (run, verdict) = event.fact.gateEnd, let tree = run.tree else { continue }
      result[tree, default: []].insert(line(event, verdict))
    }
    return result
  }

  /// Adds the lines that are not there yet; the set is kept sorted, so that the order in which
  /// writers come does not show.
  var changes: [ObjectID: NotesTree.Change] {
    lines.mapValues { mine in
      { old in
        let there = String(decoding: old ?? [], as: UTF8.self).split(separator: "\n").map(
          String.init)
        return Array(mine.union(there).sorted().map { $0 + "\n" }.joined().utf8)
      }
    }
  }

  /// The changes that bring these notes in, with lines that name the run, but are not its own,
  /// taken away from `objects`.
  func changes(of objects: some Sequence<ObjectID>) -> [ObjectID: NotesTree.Change] {
    var wanted = lines
    for object in objects where wanted[object] == nil { wanted[object] = [] }
    let mark = "\"run\":\"\(run)\""
    return wanted.mapValues { mine in
      { old in
        let there = String(decoding: old ?? [], as: UTF8.self).split(separator: "\n").map(
          String.init
        ).filter { !$0.contains(mark) }
        return Array(mine.union(there).sorted().map { $0 + "\n" }.joined().utf8)
      }
    }
  }

  private func line(_ event: Event, _ result: GateRecord.Result) -> String {
    var object = event.data
    object["tree"] = nil
    object["result"] = .string(result.rawValue)
    object["run"] = .string(run.rawValue)
    object["event"] = .string(event.id.hex)
    object["at"] = .string(event.at.description)
    object["workstream"] = .text(event.workstream?.rawValue)
    return JSONValue.object(object.canonical).encoded()
  }
}
