import SystemPackage
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The standard input of a child as a file without a name.
///
/// Not a pipe: a child that ends before it has read everything would end this process by SIGPIPE.
struct InputFile {
  let descriptor: FileDescriptor

  init(_ content: [UInt8]) throws(GitError) {
    if content.isEmpty {
      descriptor = FileDescriptor(rawValue: open("/dev/null", O_RDONLY | O_CLOEXEC))
      return
    }
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    let name = String(UInt64.random(in: 0 ... .max), radix: 36)
    let path = "\(Files.trimmed(base))/git-uet-input-\(name)"
    let file = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw .system(path) }
    unlink(path)
    do throws(GitError) {
      try GitError.onDisk(Files.write(content, to: file, path: base))
    } catch {
      close(file)
      throw error
    }
    lseek(file, 0, SEEK_SET)
    descriptor = FileDescriptor(rawValue: file)
  }
}
