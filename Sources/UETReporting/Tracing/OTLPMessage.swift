import UETModel

/// The same as `OTLPDocument` in the encoding of Protocol Buffers.
///
/// Source: opentelemetry-proto 1.x, `trace.proto`, `common.proto` and `resource.proto`, whose field
/// numbers stand here.
package enum OTLPMessage {
  package static func bytes(
    _ spans: [TraceSpan], trace: String, resource: [(key: String, value: String)], version: String
  ) -> [UInt8] {
    let traceID = octets(trace)
    var scope = Message()
    scope.text(1, "git-uet")
    scope.text(2, version)
    var scopeSpans = Message()
    scopeSpans.message(1, scope)
    for span in spans { scopeSpans.message(2, message(span, traceID)) }
    var owner = Message()
    for (key, value) in resource {
      owner.message(1, message(.init(key: key, value: .string(value))))
    }
    var resourceSpans = Message()
    resourceSpans.message(1, owner)
    resourceSpans.message(2, scopeSpans)
    var request = Message()
    request.message(1, resourceSpans)
    return request.bytes
  }

  private static func message(_ span: TraceSpan, _ trace: [UInt8]) -> Message {
    var message = Message()
    message.octets(1, trace)
    message.octets(2, octets(span.id))
    if let parent = span.parent { message.octets(4, octets(parent)) }
    message.text(5, span.name)
    // Internal.
    message.number(6, 1)
    message.fixed(7, nanoseconds(span.start))
    message.fixed(8, nanoseconds(span.end))
    for attribute in span.attributes { message.message(9, self.message(attribute)) }
    for id in span.links {
      var link = Message()
      link.octets(1, trace)
      link.octets(2, octets(id))
      message.message(13, link)
    }
    var status = Message()
    if let words = span.message { status.text(2, words) }
    status.number(3, UInt64(span.status.rawValue))
    message.message(15, status)
    return message
  }

  private static func message(_ attribute: TraceSpan.Attribute) -> Message {
    var value = Message()
    switch attribute.value {
    case .bool(let flag): value.number(2, flag ? 1 : 0)
    case .integer(let number): value.number(3, UInt64(bitPattern: number))
    case .number(let number): value.fixed(4, number.bitPattern)
    default: value.text(1, attribute.value.string ?? attribute.value.encoded())
    }
    var message = Message()
    message.text(1, attribute.key)
    message.message(2, value)
    return message
  }

  private static func nanoseconds(_ moment: Timestamp) -> UInt64 {
    UInt64(max(0, moment.microseconds)).multipliedReportingOverflow(by: 1000).partialValue
  }

  /// The bytes of hexadecimal digits.
  private static func octets(_ hex: String) -> [UInt8] {
    let digits = hex.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
    return stride(from: 0, to: digits.count - 1, by: 2).map {
      UInt8(digits[$0] << 4 | digits[$0 + 1])
    }
  }

  /// A message of Protocol Buffers, field by field.
  private struct Message {
    private(set) var bytes: [UInt8] = []

    mutating func number(_ field: UInt64, _ value: UInt64) {
      varint(field << 3)
      varint(value)
    }

    mutating func fixed(_ field: UInt64, _ value: UInt64) {
      varint(field << 3 | 1)
      for shift in stride(from: 0, to: 64, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
      }
    }

    mutating func octets(_ field: UInt64, _ value: [UInt8]) {
      varint(field << 3 | 2)
      varint(UInt64(value.count))
      bytes += value
    }

    mutating func text(_ field: UInt64, _ value: String) { octets(field, Array(value.utf8)) }

    mutating func message(_ field: UInt64, _ value: Message) { octets(field, value.bytes) }

    private mutating func varint(_ value: UInt64) {
      var rest = value
      while rest >= 0x80 {
        bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
        rest >>= 7
      }
      bytes.append(UInt8(rest))
    }
  }
}
