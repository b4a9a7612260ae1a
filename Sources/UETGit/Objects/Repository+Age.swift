import CHiddenSystem

#if canImport(Darwin)
  import Darwin
#endif

extension Repository {
  /// When its folder was made, in seconds since 1970; nil where the file system does not say.
  ///
  /// Unlike the other times of a file it is not for its owner to set.
  package var bornAt: Int64? {
    #if canImport(Darwin)
      var status = stat()
      guard stat(commonDirectory, &status) == 0 else { return nil }
      return Int64(status.st_birthtimespec.tv_sec)
    #else
      let time = uet_birth_time(commonDirectory)
      return time > 0 ? time : nil
    #endif
  }
}
