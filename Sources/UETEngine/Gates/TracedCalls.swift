extension TracedCall {
  /// Calls that name paths, and where these stand: which argument is the path, and which the folder
  /// that it is relative to, where there is one.
  struct Place: Hashable {
    var folder: Int?
    var path: Int
  }

  static func places(_ name: String) -> [Place]? {
    if plain.contains(name) { return [Place(path: 0)] }
    if relative.contains(name) { return [Place(folder: 0, path: 1)] }
    return others[name]
  }

  /// What strace is to tell of.
  static let traced =
    "%file,clone,clone3,fork,vfork,exit_group,fchdir,getdents,getdents64,connect,bind,sendto,sendmsg,"
    + "sendmmsg,io_uring_setup,ptrace,unshare,setns,open_by_handle_at,fsopen,fsmount,shmget,msgget,"
    + "semget,mq_open,process_vm_readv,pidfd_getfd"

  private static let plain: Set<String> = [
    "open", "creat", "stat", "stat64", "lstat", "lstat64", "access", "readlink", "execve", "chdir",
    "chmod", "chown", "lchown", "truncate", "truncate64", "mkdir", "rmdir", "unlink", "mknod",
    "statfs", "statfs64", "utime", "utimes", "getxattr", "lgetxattr", "setxattr", "lsetxattr",
    "listxattr", "llistxattr", "removexattr", "lremovexattr",
  ]

  private static let relative: Set<String> = [
    "openat", "openat2", "newfstatat", "fstatat64", "statx", "faccessat", "faccessat2",
    "readlinkat", "mkdirat", "mknodat", "unlinkat", "fchmodat", "fchmodat2", "fchownat",
    "utimensat", "futimesat", "execveat",
  ]

  private static let others: [String: [Place]] = [
    "rename": [Place(path: 0), Place(path: 1)],
    "link": [Place(path: 0), Place(path: 1)],
    "renameat": [Place(folder: 0, path: 1), Place(folder: 2, path: 3)],
    "renameat2": [Place(folder: 0, path: 1), Place(folder: 2, path: 3)],
    "linkat": [Place(folder: 0, path: 1), Place(folder: 2, path: 3)],
    "symlink": [Place(path: 1)],
    "symlinkat": [Place(folder: 1, path: 2)],
    // The descriptor is that of the watcher.
    "inotify_add_watch": [Place(path: 1)],
    "getcwd": [],
  ]
}
