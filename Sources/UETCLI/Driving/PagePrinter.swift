import UETEngine
import UETGit
import UETModel
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Makes a PDF of a page by a program that is installed for that: WeasyPrint, else a Chromium.
struct PagePrinter {
  private let program: String
  private let isBrowser: Bool
  private let environment: [String: String]

  private static let browsers = [
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
  ]

  /// Refuses where none is there.
  init(_ environment: [String: String]) throws(Refusal) {
    self.environment = environment
    if let program = Spawn.find("weasyprint", environment) {
      (self.program, isBrowser) = (program, false)
    } else if let program = Self.browsers.lazy.compactMap({ Spawn.find($0, environment) }).first {
      (self.program, isBrowser) = (program, true)
    } else {
      throw Refusal(
        .usage, "a PDF is made by WeasyPrint or Chromium, and neither is installed",
        hint: "install one, as: apt install weasyprint; or take --format html, and print that")
    }
  }

  /// Writes the page to `target`, an absolute path.
  func print(_ html: String, to target: String) throws {
    let folder = try ScratchDirectory()
    let (page, made) = ("\(folder.path)/page.html", "\(folder.path)/page.pdf")
    try Files.write(Array(html.utf8), to: page)
    let arguments =
      isBrowser
      ? [
        "--headless", "--disable-gpu", "--no-pdf-header-footer",
        "--user-data-dir=\(folder.path)/user",
        "--print-to-pdf=\(made)",
      ]
        // A browser's own sandbox does not work for root; the page is ours, and has no script.
        + (geteuid() == 0 ? ["--no-sandbox"] : []) + ["file://\(page)"]
      : ["--quiet", page, made]
    let spawn = Spawn(
      program, arguments, environment: environment.map { "\($0.key)=\($0.value)" }, group: .ours)
    let end = ProcessEnd(of: try spawn.start(input: nil, output: nil, error: nil))
    guard case .exited(0) = end, let bytes = try Files.read(made), bytes.starts(with: "%PDF".utf8)
    else {
      throw Refusal(
        .failed, "'\(program)' made no PDF of the page",
        hint: "take --format html, and print that")
    }
    try Files.write(bytes, to: target)
  }
}
