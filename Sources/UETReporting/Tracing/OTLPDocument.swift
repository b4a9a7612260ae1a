import UETModel

/// Spans as OpenTelemetry's collectors take them: an `ExportTraceServiceRequest` in JSON.
///
/// Source: opentelemetry-proto, `trace.proto`, and "OTLP/HTTP, JSON Protobuf Encoding": ids are
/// hexadecimal, 64-bit numbers strings, enumerations numbers.
package enum OTLPDocument {
  package static func json(
    _ spans: [TraceSpan], trace: String, resource: [(key: String, value: String)], version: String
  ) -> JSONValue {
    [
      "resourceSpans": [
        [
          "resource": [
            "attributes": .array(
              resource.map { attribute(.init(key: $0.key, value: .string($0.value))) })
          ],
          "scopeSpans": [
            [
              "scope": ["name": "git-uet", "version": .string(version)],
              "spans": .array(spans.map { json($0, trace) }),
            ]
          ],
        ]
      ]
    ]
  }

  private static func json(_ span: TraceSpan, _ trace: String) -> JSONValue {
    var object = JSONObject([
      ("traceId", .string(trace)), ("spanId", .string(span.id)),
    ])
    object.append("parentSpanId", span.parent.map(JSONValue.string))
    object.append("name", .string(span.name))
    // Internal.
    object.append("kind", 1)
    object.append("startTimeUnixNano", nanoseconds(span.start))
    object.append("endTimeUnixNano", nanoseconds(span.end))
    object.append("attributes", .array(span.attributes.map(attribute)))
    if !span.links.isEmpty {
      let links = span.links.map { id -> JSONValue in
        ["traceId": .string(trace), "spanId": .string(id)]
      }
      object.append("links", .array(links))
    }
    var status = JSONObject([("code", .integer(Int64(span.status.rawValue)))])
    status.append("message", span.message.map(JSONValue.string))
    object.append("status", .object(status))
    return .object(object)
  }

  private static func nanoseconds(_ moment: Timestamp) -> JSONValue {
    .string("\(max(0, moment.microseconds))000")
  }

  private static func attribute(_ attribute: TraceSpan.Attribute) -> JSONValue {
    let value: JSONValue =
      switch attribute.value {
      case .bool(let flag): ["boolValue": .bool(flag)]
      case .integer(let number): ["intValue": .string("\(number)")]
      case .number(let number): ["doubleValue": .number(number)]
      default: ["stringValue": .string(attribute.value.string ?? attribute.value.encoded())]
      }
    return ["key": .string(attribute.key), "value": value]
  }
}
