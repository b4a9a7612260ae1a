/// Whether a file says how something is built, by its name: what was built by another one cannot be
/// trusted to be mended step by step.
package enum BuildDescription {
  package static func isOne(_ path: String) -> Bool {
    let name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
    if names.contains(name) { return true }
    if endings.contains(where: { name.hasSuffix($0) }) { return true }
    return beginnings.contains { name.hasPrefix($0) }
  }

  /// Whether a folder holds what is installed as another file says, and nothing that was made of
  /// the sources.
  package static func isInstalled(_ folder: String) -> Bool {
    let name = folder.split(separator: "/").last.map(String.init) ?? ""
    return ["node_modules", ".venv", "venv"].contains(name)
  }

  private static let names: Set<String> = [
    "makefile", "gnumakefile", "bsdmakefile", "kbuild", "configure", "configure.ac",
    "configure.in", "cmakelists.txt", "cmakepresets.json", "meson.build", "meson_options.txt",
    "meson.options", "sconstruct", "sconscript", "wscript", "tupfile", "jamfile", "jamroot",
    "package.swift", "package.resolved", "cargo.toml", "cargo.lock", "build.rs", "config.toml",
    "rust-toolchain", "rust-toolchain.toml", "setup.py", "setup.cfg", "pyproject.toml", "tox.ini",
    "noxfile.py", "pipfile", "pipfile.lock", "poetry.lock", "uv.lock", "manifest.in",
    "package.json", "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml",
    "pnpm-workspace.yaml", ".npmrc", ".babelrc", ".swcrc", "build", "build.bazel", "workspace",
    "workspace.bazel", "module.bazel", ".bazelrc", ".bazelversion", "pom.xml", "build.xml",
    "ivy.xml", "go.mod", "go.sum", "go.work", "gemfile", "gemfile.lock", "rakefile", "mix.exs",
    "mix.lock", "rebar.config", "stack.yaml", "cabal.project", "dune", "dune-project",
    "global.json", "nuget.config", "xmake.lua", "build.zig", "build.zig.zon", "justfile",
    "dockerfile", "earthfile", "flake.lock", "vcpkg.json", ".tool-versions", ".gitattributes",
    ".gitmodules", ".gitignore", "makefile.pl", "build.pl",
  ]
  private static let endings = [
    ".mk", ".mak", ".make", ".m4", ".am", ".ac", ".in", ".cmake", ".ninja", ".tup", ".bzl", ".sbt",
    ".gradle", ".gradle.kts", ".gemspec", ".cabal", ".opam", ".csproj", ".fsproj", ".vbproj",
    ".vcxproj", ".sln", ".props", ".targets", ".pro", ".pri", ".qbs", ".nix", ".ld", ".lds",
    ".config.js", ".config.ts", ".config.mjs", ".config.cjs", ".config.json",
  ]
  private static let beginnings = [
    "makefile.", "tsconfig", "gradle.", "settings.gradle", "requirements", "constraints",
    "conanfile", "premake", "gulpfile", "gruntfile", "taskfile", "dockerfile.",
  ]
}
