import UETModel
import UETServer

/// What was installed or taken away, a line each.
struct HookChangesView {
  private let changes: [HookInstallation.Change]
  private let isDry: Bool

  init(_ changes: [HookInstallation.Change], isDry: Bool) {
    (self.changes, self.isDry) = (changes, isDry)
  }

  var lines: [String] {
    changes.map(line).map(\.terminalSafe) + (isDry ? ["nothing was changed: --dry-run"] : [])
  }

  private func line(_ change: HookInstallation.Change) -> String {
    switch change {
    case .created(let path): "created  \(path)"
    case .chained(let path, let other):
      "created  \(path)    (what was there runs after it, as \(other))"
    case .updated(let path): "updated  \(path)"
    case .kept(let path): "kept     \(path)"
    case .removed(let path): "removed  \(path)"
    case .restored(let path): "restored \(path)    (as it was before)"
    case .left(let path): "left     \(path)    (the hook beside it is another's)"
    case .configured(let name):
      "kept     hook.\(name).command    (git calls it by its configuration)"
    case .beside(let name, let hook):
      "beside   hook.\(name).command    (git runs it before '\(hook.rawValue)')"
    case .set(let key, let value): "set      \(key) = \(value)"
    case .unset(let key): "unset    \(key)"
    }
  }
}
