import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import UETDashboard
import UETSystem

/// Brings requests from Hummingbird to the dashboard, and its answers back.
struct WebServer: Sendable {
  private let dashboard: Dashboard
  /// It takes no logs: what a browser does wrong is nothing to tell a person.
  private let logger = Logger(label: "git-uet-dashboard") { _ in SwiftLogNoOpLogHandler() }

  /// Seconds for a request to come once its connection is open; connections of streams are never
  /// idle that long.
  private static let patience: Int64 = 60
  private static let longestHead = 16 << 10

  init(_ dashboard: Dashboard) { self.dashboard = dashboard }

  /// Answers at a socket that listens, as long as the process lives.
  func serve(_ socket: consuming Descriptor) async throws {
    var configuration = HTTP1Channel.Configuration(idleTimeout: .seconds(Self.patience))
    configuration.httpDecoder.maxHeaderFieldSize = Self.longestHead
    configuration.httpDecoder.maxHeaderListSize = Self.longestHead
    let dashboard = dashboard
    let channel = HTTP1Channel(
      responder: { request, writer, channel in
        try await Self.respond(to: request, writer, dashboard)
      }, configuration: configuration)
    let logger = logger
    // One thread moves the bytes; pages are made on others.
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let server = try await ServerBootstrap(group: group)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .bind(socket.released()) { child in channel.setup(channel: child, logger: logger) }
    try await withThrowingDiscardingTaskGroup { tasks in
      try await server.executeThenClose { connections in
        for try await connection in connections {
          tasks.addTask { await channel.handle(value: connection, logger: logger) }
        }
      }
    }
  }

  private static func respond(
    to request: Request, _ writer: consuming ResponseWriter, _ dashboard: Dashboard
  ) async throws {
    guard let body = try? await request.body.collect(upTo: WebRequest.longestBody) else {
      let head = HTTPResponse(
        status: .contentTooLarge, headerFields: [.contentLength: "0", .connection: "close"])
      return try await writer.writeResponse(head)
    }
    let asked = WebRequest(
      method: request.method.rawValue, target: request.head.path ?? "/",
      fields: fields(of: request), body: Array(body.readableBytesView))
    let answer = await dashboard.answer(asked)
    var head = HTTPResponse(status: HTTPResponse.Status(code: answer.status))
    for field in answer.fields {
      guard let name = HTTPField.Name(field.name) else { continue }
      head.headerFields.append(HTTPField(name: name, value: field.value))
    }
    switch answer.body {
    case .whole(let bytes):
      head.headerFields[.contentLength] = "\(bytes.count)"
      var pieces = try await writer.writeHead(head)
      if request.method != .head, !bytes.isEmpty {
        try await pieces.write(ByteBuffer(bytes: bytes))
      }
      try await pieces.finish(nil)
    case .stream(let stream):
      var pieces = try await writer.writeHead(head)
      for await bytes in stream { try await pieces.write(ByteBuffer(bytes: bytes)) }
      try await pieces.finish(nil)
    }
  }

  /// Names in lower case; the host is a field like any other here.
  private static func fields(of request: Request) -> [String: String] {
    var fields: [String: String] = [:]
    for field in request.headers {
      let name = field.name.canonicalName
      fields[name] = fields[name].map { $0 + ", " + field.value } ?? field.value
    }
    fields["host"] = request.head.authority
    return fields
  }
}
