#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Whether the long form of the tests was asked for, by UET_LONG=1.
package let isLong = getenv("UET_LONG").map { String(cString: $0) == "1" } ?? false
