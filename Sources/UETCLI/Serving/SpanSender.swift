import UETEngine
import UETGit
import UETModel
import UETReporting
import UETSystem

/// Sends spans to a collector by OTLP over HTTP, as the variables `OTEL_...` say.
///
/// curl does the sending: it knows proxies, certificates and what else stands between.
struct SpanSender {
  enum Form: String {
    case json = "http/json"
    case protobuf = "http/protobuf"

    var contentType: String {
      switch self {
      case .json: "application/json"
      case .protobuf: "application/x-protobuf"
      }
    }
  }

  private let endpoint: String
  private let form: Form
  /// Lines of headers, as they are sent.
  private let headers: [String]
  private let seconds: Double
  private let certificate: String?
  let resource: [(key: String, value: String)]
  private let environment: [String: String]

  /// nil where no collector is named, or nothing is to be sent. Refuses what cannot be spoken.
  init?(_ environment: [String: String]) throws(Refusal) {
    func value(_ name: String) -> String? {
      (environment["OTEL_EXPORTER_OTLP_TRACES_\(name)"] ?? environment["OTEL_EXPORTER_OTLP_\(name)"])
        .flatMap { $0.isEmpty ? nil : $0 }
    }
    guard environment["OTEL_SDK_DISABLED"]?.lowercased() != "true",
      environment["OTEL_TRACES_EXPORTER"] != "none", let named = value("ENDPOINT")
    else { return nil }
    // The variable for traces alone names the whole address.
    let isWhole = environment["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"]?.isEmpty == false
    let end = named.hasSuffix("/") ? "v1/traces" : "/v1/traces"
    endpoint = isWhole ? named : named + end
    guard endpoint.hasPrefix("http://") || endpoint.hasPrefix("https://") else {
      throw Refusal(
        .usage, "'\(named.terminalSafe)' of OTEL_EXPORTER_OTLP_ENDPOINT is no address of HTTP",
        hint: "as http://127.0.0.1:4318")
    }
    let wanted = value("PROTOCOL") ?? Form.protobuf.rawValue
    guard let form = Form(rawValue: wanted) else {
      throw Refusal(
        .usage, "'\(wanted.terminalSafe)' of OTEL_EXPORTER_OTLP_PROTOCOL is not spoken here",
        hint: "http/protobuf and http/json are; a collector takes both at port 4318")
    }
    self.form = form
    headers = Self.pairs(value("HEADERS") ?? "").map { "\($0.key): \($0.value)" }
    seconds = value("TIMEOUT").flatMap(Double.init).map { min(max(0.1, $0 / 1000), 600) } ?? 10
    certificate = value("CERTIFICATE")
    self.environment = environment
    resource = Self.resource(environment)
  }

  /// Whom the spans are of.
  static func resource(_ environment: [String: String]) -> [(key: String, value: String)] {
    let pairs = pairs(environment["OTEL_RESOURCE_ATTRIBUTES"] ?? "")
    let named = environment["OTEL_SERVICE_NAME"].flatMap { $0.isEmpty ? nil : $0 }
    let service = named ?? pairs.last { $0.key == "service.name" }?.value ?? "git-uet"
    return [("service.name", service)] + pairs.filter { $0.key != "service.name" }
  }

  /// `KEY=VALUE,...`, percent-encoded.
  private static func pairs(_ text: String) -> [(key: String, value: String)] {
    text.split(separator: ",").compactMap { entry in
      let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, let key = plain(parts[0]), let value = plain(parts[1]), !key.isEmpty
      else { return nil }
      return (key, value)
    }
  }

  /// nil for what would begin another line.
  private static func plain(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      let digits = String(decoding: rest.prefix(2), as: UTF8.self)
      if byte == UInt8(ascii: "%"), digits.utf8.count == 2, let value = UInt8(digits, radix: 16) {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    if bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) { return nil }
    let words = String(decoding: bytes, as: UTF8.self).split(
      separator: " ", omittingEmptySubsequences: false)
    return words.drop { $0.isEmpty }.joined(separator: " ")
  }

  /// Refuses where that fails; what was to be sent is in the record still.
  func send(_ trace: RunTrace, _ spans: [TraceSpan]) throws {
    guard let curl = Spawn.find("curl", environment) else {
      throw Refusal(.usage, "traces are sent by curl, which is not installed")
    }
    let (id, version) = (trace.ids.trace, ProgramVersion.text)
    let body: [UInt8] =
      switch form {
      case .json:
        Array(
          OTLPDocument.json(spans, trace: id, resource: resource, version: version).encoded().utf8)
      case .protobuf:
        OTLPMessage.bytes(spans, trace: id, resource: resource, version: version)
      }
    let folder = try ScratchDirectory()
    let (file, answer, settings) = (
      "\(folder.path)/spans", "\(folder.path)/answer", "\(folder.path)/settings"
    )
    try Files.write(body, to: file)
    // Headers hold passwords, and arguments can be read by all.
    try Files.write(Array(configuration(sending: file, answer).utf8), to: settings, mode: 0o600)
    let spawn = Spawn(
      curl, ["--disable", "--config", settings],
      environment: environment.map { "\($0.key)=\($0.value)" }, group: .ours)
    let end = ProcessEnd(of: try spawn.start(input: nil, output: nil, error: nil))
    if case .exited(0) = end { return }
    let words = (Files.line(answer) ?? "").prefix(200)
    let reason: String =
      switch end {
      case .exited(22): "it refused them"
      case .exited(28): "it took longer than \(Span.text(seconds))"
      case .exited(let status): "curl ended with status \(status)"
      case .signalled(let number): "curl was ended by signal \(number)"
      }
    throw Refusal(
      .failed,
      "traces did not reach '\(endpoint.terminalSafe)': \(reason)"
        + (words.isEmpty ? "" : ": \(words.terminalSafe)"),
      hint: "send them again: git uet trace --send")
  }

  private func configuration(sending file: String, _ answer: String) -> String {
    var lines = [
      ("url", endpoint), ("data-binary", "@\(file)"), ("output", answer),
      ("header", "Content-Type: \(form.contentType)"),
      ("user-agent", "git-uet/\(ProgramVersion.text)"),
      ("max-time", "\(seconds)"), ("proto", "=http,https"),
    ]
    lines += headers.map { ("header", $0) }
    if let certificate { lines.append(("cacert", certificate)) }
    let texts = lines.map { name, value in
      let quoted = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      return "\(name) = \"\(quoted)\"\n"
    }
    return texts.joined() + "silent\nfail-with-body\ngloboff\n"
  }
}
