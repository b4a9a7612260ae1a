import UETGit
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Certificates that were good for a push already: each is for one.
///
/// Git's nonce alone is not enough: it changes once a second, and over HTTP it counts for as long
/// as `receive.certNonceSlop` says, so that the same bytes sent again within that time pass.
struct CertificateBook {
  private let folder: String
  /// Seconds after which git itself takes the nonce no more, with room for clocks that differ.
  private let lifetime: Int

  init(_ repository: Repository) {
    folder = "\(repository.commonDirectory)/uet-server/certificates"
    let slop = repository.config("receive.certNonceSlop").flatMap(Int.init) ?? 0
    lifetime = 86_400 + min(max(slop, 0), 1 << 30)
  }

  /// Notes a certificate as used; false where it was used before.
  func spend(_ certificate: PushCertificate) throws(SystemFailure) -> Bool {
    try Files.makeDirectory(folder, mode: 0o775)
    do throws(SystemFailure) {
      try Files.create([], at: "\(folder)/\(certificate.id)", isSynced: true)
    } catch {
      if error.code == EEXIST { return false }
      throw error
    }
    Files.sync(from: folder, upTo: folder)
    forget()
    return true
  }

  /// Takes away what git would refuse by itself by now.
  private func forget() {
    let now = time(nil)
    for name in Files.names(in: folder) {
      let path = "\(folder)/\(name)"
      guard let status = Files.status(path) else { continue }
      if now - status.modified.tv_sec > lifetime { try? Files.remove(path) }
    }
  }
}
