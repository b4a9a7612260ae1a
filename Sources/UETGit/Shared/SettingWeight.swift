/// What a change of a setting means while a run goes on.
///
/// Weighty is what makes programs run, or changes what is judged, trusted or who this is. People
/// and git itself write all else while they go on with something else: remotes, branches,
/// submodules, a sparse checkout, extensions, upkeep.
package enum SettingWeight {
  /// Where every setting counts.
  private static let sections: Set<String> = [
    "alias", "attr", "credential", "filter", "fsck", "gpg", "hook", "include", "includeif", "pager",
    "protocol", "receive", "safe", "url",
  ]

  /// Settings of other sections by their last part, whatever stands in the middle.
  private static let names: [String: Set<String>] = [
    "browser": ["cmd", "path"],
    "core": [
      "alternaterefscommand", "alternaterefsprefixes", "askpass", "attributesfile", "autocrlf",
      "bare", "checkroundtripencoding", "checkstat", "editor", "eol", "excludesfile", "filemode",
      "fsmonitor", "gitproxy", "hookspath", "ignorecase", "ignorestat", "pager",
      "precomposeunicode",
      "protecthfs", "protectntfs", "safecrlf", "sshcommand", "symlinks", "trustctime",
      "usereplacerefs", "worktree",
    ],
    "diff": ["command", "textconv", "external", "trustexitcode"],
    "difftool": ["cmd", "path"],
    "extensions": ["objectformat"],
    "fetch": ["fsckobjects"],
    "gc": ["recentobjectshook"],
    "guitool": ["cmd"],
    "http": [
      "cookiefile", "curloptresolve", "delegation", "extraheader", "followredirects",
      "pinnedpubkey", "proxy", "proxyauthmethod", "proxysslcainfo", "proxysslcert", "proxysslkey",
      "savecookies", "schannelcheckrevoke", "schannelusesslcainfo", "sslbackend", "sslcainfo",
      "sslcapath", "sslcert", "sslkey", "sslverify",
    ],
    "imap": ["tunnel"],
    "init": ["templatedir"],
    "instaweb": ["browser", "httpd"],
    "interactive": ["difffilter"],
    "lfs": ["args", "clean", "path", "smudge", "standalonetransferagent"],
    "man": ["cmd", "path"],
    "merge": ["default", "driver", "renormalize", "verifysignatures"],
    "mergetool": ["cmd", "path"],
    "remote": ["proxy", "receivepack", "uploadpack", "vcs"],
    "sendemail": ["cccmd", "headercmd", "sendmailcmd", "smtpserver", "tocmd"],
    "sequence": ["editor"],
    "ssh": ["variant"],
    "tar": ["command"],
    "trailer": ["cmd", "command"],
    "transfer": ["fsckobjects", "hiderefs"],
    "uploadpack": ["packobjectshook"],
    "web": ["browser"],
  ]

  /// Whether the change of a setting is for no one but the user between two runs.
  ///
  /// `values` are those that are new, `key` is in lower case but for its middle part.
  static func isWeighty(_ key: String, _ values: [String]) -> Bool {
    let parts = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count > 1, let last = parts.last else { return true }
    switch (parts[0], last) {
    case ("uet", _): return isWeightyOwn(key)
    // Git knows two versions; any other locks everybody out.
    case ("core", "repositoryformatversion"): return !values.allSatisfy { ["0", "1"].contains($0) }
    case ("submodule", "update"): return values.contains { $0.hasPrefix("!") }
    default: return sections.contains(parts[0]) || names[parts[0]]?.contains(last) == true
    }
  }

  /// Whether one of the user's own file is weighty: there people set for themselves what they call.
  static func isWeightyForUser(_ key: String, _ values: [String]) -> Bool {
    if key == "uet.confirmed" { return true }
    return !key.hasPrefix("alias.") && isWeighty(key, values)
  }

  private static let ownSections: Set<String> = [
    "gates", "tools", "sandbox", "inbox", "budget", "secrets",
    "workers",
  ]
  private static let ownNames: Set<String> = [
    "uet.setup", "uet.run.setup", "uet.trust", "uet.refprefix", "uet.integration.gates",
    "uet.integration.afterlanding", "uet.integration.assumedisjoint", "uet.integration.repair",
    "uet.integration.resolver", "uet.integration.onred", "uet.integration.onsecurity",
    "uet.integration.onbudget", "uet.integration.final", "uet.notify", "uet.run.notify",
  ]

  /// Whether one of `uet.*` decides on what must pass, what runs, who is trusted or who this is.
  package static func isWeightyOwn(_ key: String) -> Bool {
    let parts = key.lowercased().split(separator: ".")
    if parts.count > 2, ownSections.contains(String(parts[1])) { return true }
    return ownNames.contains(key.lowercased().filter { $0 != "-" && $0 != "_" })
  }
}
