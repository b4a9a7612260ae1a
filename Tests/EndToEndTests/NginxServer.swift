import Foundation
import Testing

/// nginx in front of `git http-backend`, as hosts have it: it asks for passwords, and says by
/// `REMOTE_USER` whose was right. Both of its programs run with a folder of the test's and end with
/// it.
final class NginxServer {
  private static let programs = ["/usr/sbin/nginx", "/usr/sbin/fcgiwrap"]
  static let isThere = programs.allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }

  private let gateway: LoopbackServer
  private let server: LoopbackServer
  private let port: Int

  /// The password of `NAME` is `secret of NAME`.
  init(_ scene: HostScene, users: [String]) throws {
    let (scratch, root) = (scene.scratch, scene.scratch.root.path)
    let folder = root + "/nginx"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let passwords = users.map { "\($0):{PLAIN}secret of \($0)\n" }.joined()
    try Data(passwords.utf8).write(to: URL(fileURLWithPath: folder + "/passwords"))
    port = try LoopbackServer.freePort()
    let backend = try scratch.git("--exec-path") + "/git-http-backend"
    let settings = Self.settings(
      port: port, folder: folder, backend: backend, projects: root, scratch.environment)
    try Data(settings.utf8).write(to: URL(fileURLWithPath: folder + "/nginx.conf"))
    let environment = ["PATH": "/usr/sbin:/usr/bin:/bin"]
    gateway = try LoopbackServer(
      [Self.programs[1], "-s", "unix:\(folder)/gateway"], scratch, environment)
    try scratch.wait("fcgiwrap") { FileManager.default.fileExists(atPath: folder + "/gateway") }
    server = try LoopbackServer(
      [Self.programs[0], "-p", folder, "-c", folder + "/nginx.conf", "-e", "stderr"], scratch,
      environment)
    let (port, server) = (port, server)
    try scratch.wait("nginx") {
      try #require(!server.said.contains("[emerg]"), "\(server.said)")
      return try LoopbackServer.isHeard(on: port)
    }
  }

  func address(_ name: String, by password: String) -> String {
    let word = password.replacingOccurrences(of: " ", with: "%20")
    return "http://\(name):\(word)@127.0.0.1:\(port)/host.git"
  }

  /// One process, which does all of it: nothing is left when it is ended.
  private static func settings(
    port: Int, folder: String, backend: String, projects: String, _ environment: [String: String]
  ) -> String {
    let kept = ["PATH", "HOME", "GIT_CONFIG_NOSYSTEM", "LANG"].map {
      "fastcgi_param \($0) \"\(environment[$0] ?? "")\";"
    }.joined(separator: "\n      ")
    let places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map {
      "\($0)_temp_path \(folder)/\($0);"
    }.joined(separator: "\n  ")
    return """
      daemon off;
      master_process off;
      pid \(folder)/pid;
      error_log stderr;
      events {}
      http {
        access_log off;
        client_max_body_size 0;
        \(places)
        server {
          listen 127.0.0.1:\(port);
          auth_basic "host";
          auth_basic_user_file \(folder)/passwords;
          location / {
            fastcgi_pass unix:\(folder)/gateway;
            include /etc/nginx/fastcgi_params;
            fastcgi_param SCRIPT_FILENAME \(backend);
            fastcgi_param PATH_INFO $uri;
            fastcgi_param GIT_PROJECT_ROOT \(projects);
            fastcgi_param GIT_HTTP_EXPORT_ALL "";
            \(kept)
          }
        }
      }

      """
  }
}
