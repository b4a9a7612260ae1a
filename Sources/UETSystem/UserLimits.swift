#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How much the system lets this process and its user have; nil where it does not say.
package enum UserLimits {
  /// Open files at once.
  package static var openFiles: UInt64? { most(resource(RLIMIT_NOFILE)) }

  /// Processes of its user.
  package static var processes: UInt64? {
    #if canImport(Glibc)
      most(__rlimit_resource_t(__RLIMIT_NPROC.rawValue))
    #else
      most(RLIMIT_NPROC)
    #endif
  }

  #if canImport(Glibc)
    private static func resource(_ resource: __rlimit_resource) -> __rlimit_resource_t {
      __rlimit_resource_t(resource.rawValue)
    }

    private static func most(_ resource: __rlimit_resource_t) -> UInt64? {
      var limit = rlimit()
      return getrlimit(resource, &limit) == 0 ? UInt64(limit.rlim_cur) : nil
    }
  #else
    private static func most(_ resource: Int32) -> UInt64? {
      var limit = rlimit()
      return getrlimit(resource, &limit) == 0 ? limit.rlim_cur : nil
    }
  #endif
}
