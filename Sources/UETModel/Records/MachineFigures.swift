/// How a machine stands at one moment; nil where the system does not say.
package struct MachineFigures: Hashable, Sendable {
  /// Shares of the last ten seconds in percent in which something waited for a processor; in which
  /// everything waited for memory, or for the disk.
  package var cpu: Double?
  package var memory: Double?
  package var io: Double?
  /// Bytes.
  package var memoryTotal: Int?
  package var memoryAvailable: Int?
  package var swapTotal: Int?
  package var swapFree: Int?
  /// Bytes free where the worktrees are.
  package var diskFree: Int?
  /// What is left in percent; nil without a battery.
  package var battery: Double?
  package var isOnBattery: Bool?

  package init() {}

  /// Memory that programs may still have, in percent.
  package var memoryFree: Double? {
    guard let memoryTotal, let memoryAvailable, memoryTotal > 0 else { return nil }
    return 100 * Double(memoryAvailable) / Double(memoryTotal)
  }

  /// Swap in use, in percent; nil without any.
  package var swap: Double? {
    guard let swapTotal, let swapFree, swapTotal > 0 else { return nil }
    return 100 * Double(swapTotal - swapFree) / Double(swapTotal)
  }
}

extension MachineFigures {
  package var json: JSONValue {
    var object = JSONObject()
    object.append("cpu", cpu.map(JSONValue.number))
    object.append("memory", memory.map(JSONValue.number))
    object.append("io", io.map(JSONValue.number))
    object.append("memory_total", .integer(memoryTotal))
    object.append("memory_available", .integer(memoryAvailable))
    object.append("swap_total", .integer(swapTotal))
    object.append("swap_free", .integer(swapFree))
    object.append("disk_free", .integer(diskFree))
    object.append("battery", battery.map(JSONValue.number))
    object.append("on_battery", isOnBattery.map(JSONValue.bool))
    return .object(object)
  }

  package init?(json: JSONValue) {
    guard let object = json.object else { return nil }
    (cpu, memory, io) = (object["cpu"]?.double, object["memory"]?.double, object["io"]?.double)
    memoryTotal = object["memory_total"]?.integer
    memoryAvailable = object["memory_available"]?.integer
    (swapTotal, swapFree) = (object["swap_total"]?.integer, object["swap_free"]?.integer)
    diskFree = object["disk_free"]?.integer
    (battery, isOnBattery) = (object["battery"]?.double, object["on_battery"]?.bool)
  }
}
