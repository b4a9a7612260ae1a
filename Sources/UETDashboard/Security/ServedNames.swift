import UETWorkers

/// The names under which the server may be asked.
///
/// A page of another host can let its own name mean this machine, and then read what is answered to
/// that name: so names count that were given, and those of the machine itself.
package struct ServedNames: Hashable, Sendable {
  private let address: ServedAddress
  private let given: Set<String>

  /// `given` are further names, as those of a proxy before it.
  package init(_ address: ServedAddress, given: [String] = []) {
    self.address = address
    self.given = Set(given.map { $0.lowercased() })
  }

  /// `field` is the field `Host` of a request, with or without a port.
  func answer(to field: String?) -> Bool {
    guard let name = Self.name(field) else { return false }
    if given.contains(name) || name == address.host { return true }
    // An address is nobody's name; from elsewhere it is asked by one.
    if !address.isLoopback, Self.isNumeric(name) { return true }
    return ServedAddress.isLoopback(name)
  }

  private static func name(_ field: String?) -> String? {
    guard let field = field?.lowercased(), !field.isEmpty,
      !field.contains(where: { "+,@".contains($0) })
    else { return nil }
    if field.hasPrefix("[") {
      guard let end = field.firstIndex(of: "]") else { return nil }
      return String(field[field.index(after: field.startIndex)..<end])
    }
    return String(field.prefix { $0 != ":" })
  }

  private static func isNumeric(_ name: String) -> Bool {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return name.contains(":") || parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
  }
}
