/// What its tools are told, and programs that do not change.
extension WarmProject {
  static let cargo = """
    [package]
    name = "program"
    version = "0.1.0"
    edition = "2021"
    [dependencies]
    base = { path = "base" }
    [workspace]
    members = ["base"]

    """
  static let cargoBase = """
    [package]
    name = "base"
    version = "0.1.0"
    edition = "2021"

    """
  static let package = """
    // swift-tools-version: 5.9
    import PackageDescription
    let package = Package(
      name: "program",
      targets: [.target(name: "base"), .executableTarget(name: "program", dependencies: ["base"])])

    """
  static let mainC = """
    #include <stdio.h>
    int sum;
    int main(void) { printf("%d\\n", sum); return 0; }

    """
  static let makefile = """
    OBJECTS = $(patsubst src/%.c,build/%.o,$(wildcard src/*.c))
    build/program: $(OBJECTS)
    \tcc -o $@ $(OBJECTS)
    build/%.o: src/%.c
    \t@mkdir -p build
    \tcc -MMD -c -o $@ $<
    -include $(OBJECTS:.o=.d)

    """
  static let main = """
    import glob, importlib, sys
    sys.path.insert(0, "src")
    for path in sorted(glob.glob("src/u*.py")):
        print(importlib.import_module(path[4:-3]).value)

    """
  static let copy = """
    import glob, os, shutil, runpy
    os.makedirs("build/lib", exist_ok=True)
    for path in sorted(glob.glob("src/u*.py")):
        to = "build/lib/" + os.path.basename(path)
        if not os.path.exists(to) or int(os.stat(path).st_mtime) > int(os.stat(to).st_mtime):
            shutil.copyfile(path, to)
    for path in sorted(glob.glob("build/lib/*.py")):
        print(runpy.run_path(path)["value"])

    """
  static let memory = """
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
