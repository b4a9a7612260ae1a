#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How many files this process may have open at once.
package enum OpenFiles {
  /// nil where the system does not say.
  package static var most: UInt64? {
    var limit = rlimit()
    #if canImport(Glibc)
      let code = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    #else
      let code = getrlimit(RLIMIT_NOFILE, &limit)
    #endif
    return code == 0 ? UInt64(limit.rlim_cur) : nil
  }
}
