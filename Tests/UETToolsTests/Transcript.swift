import UETModel

@testable import UETTools

/// What a program printed and left, given to the adapter that understands it.
struct Transcript {
  var request = ToolRequest(
    program: "agent", prompt: "Append a line \"edited\" to a.txt", promptFile: "/s/prompt.md",
    folder: "/w", scratch: "/s", sessionName: "11111111-2222-3333-4444-555555555555")
  var output: [UInt8] = []
  var files: [(path: String, content: [UInt8])] = []
  var ending = ToolEnding.exited(0)

  init(_ output: String = "", _ ending: ToolEnding = .exited(0)) {
    self.output = Array(output.utf8)
    self.ending = ending
  }

  func with(_ path: String, _ content: String) -> Transcript {
    var copy = self
    copy.files.append((path, Array(content.utf8)))
    return copy
  }

  func read(by adapter: any ToolAdapter.Type) -> ToolConclusion {
    var reading = adapter.reading(of: request)
    var splitter = LineSplitter()
    // In pieces, as it comes.
    for start in stride(from: 0, to: output.count, by: 97) {
      splitter.feed(output[start..<min(start + 97, output.count)]) { reading.take(line: $0) }
    }
    splitter.finish { reading.take(line: $0) }
    for file in files { reading.take(file: file.content, at: file.path) }
    return reading.conclusion(ending)
  }
}
