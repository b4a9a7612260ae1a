import CLibgit2

/// What was freed and is still held by the C library.
package enum FreedMemory {
  /// Gives it back to the system, now and as soon as more is freed: for a process that read much
  /// and lives long.
  package static func giveBack() { uet_give_memory_back() }
}
