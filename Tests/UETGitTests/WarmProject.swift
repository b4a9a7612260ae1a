import UETTestSupport

/// A small project that a build tool builds into `build`, whose program prints a number for each of
/// its units; some of its states do not build.
struct WarmProject {
  enum Tool: String, CaseIterable, CustomStringConvertible, Sendable {
    case make, ninja, cmake, cmakeNinja
    /// A copy of what is newer by whole seconds, as Python's own builds make it.
    case pythonCopy
    /// Results remembered by size and whole second, as compiled Python is.
    case pythonMemory
    case python

    var description: String { rawValue }

    var isThere: Bool {
      let programs =
        switch self {
        case .make: ["make", "cc"]
        case .ninja: ["ninja", "cc"]
        case .cmake: ["cmake", "make", "cc"]
        case .cmakeNinja: ["cmake", "ninja", "cc"]
        case .pythonCopy, .pythonMemory, .python: ["python3"]
        }
      return programs.allSatisfy { program in
        GitProcess(
          ["sh", "-c", "command -v \(program)"], in: "/",
          environment: ["PATH": TestRepository.searchPath]
        ).status == 0
      }
    }

    /// It looks at the machine before it builds.
    var isSlow: Bool { self == .cmake || self == .cmakeNinja }

    fileprivate var isPython: Bool {
      switch self {
      case .pythonCopy, .pythonMemory, .python: true
      default: false
      }
    }

    /// Prints what the tree is worth.
    var gate: String {
      switch self {
      case .make: "make -s 2>/dev/null && build/program"
      case .ninja: "ninja >/dev/null 2>&1 && build/program"
      case .cmake:
        "cmake -S . -B build >/dev/null 2>&1 && cmake --build build >/dev/null 2>&1 && build/program"
      case .cmakeNinja:
        "cmake -G Ninja -S . -B build >/dev/null 2>&1 && cmake --build build >/dev/null 2>&1 && build/program"
      case .pythonCopy, .pythonMemory: "python3 tool.py 2>/dev/null"
      case .python: "mkdir -p build && python3 main.py 2>/dev/null"
      }
    }
  }

  private let tool: Tool
  private(set) var files: [String: String] = [:]

  init(_ tool: Tool) {
    self.tool = tool
    files[".gitignore"] = "build/\n__pycache__/\n"
    for unit in 0..<4 { files[path(unit)] = content(unit, 1) }
    if tool.isPython {
      files["main.py"] = Self.main
      files["tool.py"] = tool == .pythonCopy ? Self.copy : Self.memory
    } else {
      for header in 0..<2 { files["src/h\(header).h"] = "#define H\(header) 1\n" }
      files["src/main.c"] = Self.mainC
    }
    describe()
  }

  /// One change, as people make them; several at once now and then.
  mutating func change(_ random: inout SeededRandom) {
    for _ in 0..<Int.random(in: 1...2, using: &random) {
      let unit = Int.random(in: 0..<4, using: &random)
      let number = Int.random(in: 1...9, using: &random)
      switch Int.random(in: 0..<12, using: &random) {
      case 0...4: if files[path(unit)] != nil { files[path(unit)] = content(unit, number) }
      case 5, 6:
        if tool.isPython {
          files[path(unit)] = content(unit, number * 111)
        } else {
          files["src/h\(unit % 2).h"] = "#define H\(unit % 2) \(number)\n"
        }
      case 7: files[path(unit)] = "this is no program\n"
      case 8: files[path(unit)] = nil
      case 9: files[path(unit)] = content(unit, number)
      case 10: files["README"] = "read \(number)\n"
      default:
        // Goes by another name.
        if let text = files.removeValue(forKey: path(unit)) { files[path(unit + 10)] = text }
      }
    }
    describe()
  }

  mutating func adopt(_ read: (String) -> String?) {
    let names = (0..<20).map(path) + ["src/h0.h", "src/h1.h", "README"]
    for name in names { files[name] = read(name) }
    describe()
  }

  private func path(_ unit: Int) -> String { tool.isPython ? "src/u\(unit).py" : "src/u\(unit).c" }

  private func content(_ unit: Int, _ number: Int) -> String {
    tool.isPython
      ? "value = \(number)\n"
      : "#include \"h\(unit % 2).h\"\nint value(void);\nint u\(unit)(void) { return H\(unit % 2) * \(number); }\n"
        + "__attribute__((constructor)) static void c(void) { extern int sum; sum = sum * 31 + u\(unit)(); }\n"
  }

  /// What is built from is written down for tools that have no patterns.
  private mutating func describe() {
    let units = files.keys.filter { $0.hasPrefix("src/") && $0.hasSuffix(".c") }.sorted()
    switch tool {
    case .make: files["Makefile"] = Self.makefile
    case .ninja:
      let objects = units.map { "build/" + $0.dropLast(2) + ".o" }
      files["build.ninja"] =
        "rule cc\n  command = cc -MMD -MF $out.d -c -o $out $in\n  depfile = $out.d\n  deps = gcc\n"
        + "rule link\n  command = cc -o $out $in\n"
        // Writes its output only where it differs, so that what follows may be spared.
        + "rule list\n  command = cat $in > $out.new; cmp -s $out.new $out || cp $out.new $out\n  restat = 1\n"
        + zip(units, objects).map { "build \($1): cc \($0)\n" }.joined()
        + "build build/list: list src/h0.h\n"
        + "build build/program: link \(objects.joined(separator: " ")) | build/list\n"
    case .cmake, .cmakeNinja:
      files["CMakeLists.txt"] =
        "cmake_minimum_required(VERSION 3.10)\nproject(p C)\nfile(GLOB UNITS src/*.c)\nadd_executable(program ${UNITS})\n"
    default: break
    }
  }

  private static let mainC = """
    #include <stdio.h>
    int sum;
    int main(void) { printf("%d\\n", sum); return 0; }

    """
  private static let makefile = """
    OBJECTS = $(patsubst src/%.c,build/%.o,$(wildcard src/*.c))
    build/program: $(OBJECTS)
    \tcc -o $@ $(OBJECTS)
    build/%.o: src/%.c
    \t@mkdir -p build
    \tcc -MMD -c -o $@ $<
    -include $(OBJECTS:.o=.d)

    """
  private static let main = """
    import glob, importlib, sys
    sys.path.insert(0, "src")
    for path in sorted(glob.glob("src/u*.py")):
        print(importlib.import_module(path[4:-3]).value)

    """
  private static let copy = """
    import glob, os, shutil, runpy
    os.makedirs("build/lib", exist_ok=True)
    for path in sorted(glob.glob("src/u*.py")):
        to = "build/lib/" + os.path.basename(path)
        if not os.path.exists(to) or int(os.stat(path).st_mtime) > int(os.stat(to).st_mtime):
            shutil.copyfile(path, to)
    for path in sorted(glob.glob("build/lib/*.py")):
        print(runpy.run_path(path)["value"])

    """
  private static let memory = """
    import glob, json, os, runpy
    os.makedirs("build", exist_ok=True)
    try:
        known = json.load(open("build/known"))
    except OSError:
        known = {}
    try:
        for path in sorted(glob.glob("src/u*.py")):
            s = os.stat(path)
            stamp = [int(s.st_mtime), s.st_size]
            if known.get(path, [None])[0] != stamp:
                known[path] = [stamp, runpy.run_path(path)["value"]]
            print(known[path][1])
    finally:
        json.dump(known, open("build/known", "w"))

    """
}
