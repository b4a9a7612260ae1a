import GRDB

extension Row {
  /// A column's value. A damaged file may hold anything, and must not end the program.
  func value<Value: DatabaseValueConvertible>(_ index: Int) throws(CacheDamage) -> Value {
    guard let value: Value = try optional(index) else { throw CacheDamage() }
    return value
  }

  /// A column's value; nil for NULL.
  func optional<Value: DatabaseValueConvertible>(
    _ index: Int
  ) throws(CacheDamage) -> Value? {
    let stored: DatabaseValue = self[index]
    if stored.isNull { return nil }
    guard let value = Value.fromDatabaseValue(stored) else { throw CacheDamage() }
    return value
  }

  /// A column's value as the table declares it, without a look at what is stored there: for many
  /// rows whose digest tells what was damaged.
  func plain<Value: DatabaseValueConvertible & StatementColumnConvertible>(
    _ index: Int
  ) throws(CacheDamage) -> Value {
    do { return try decode(Value.self, atIndex: index) } catch { throw CacheDamage() }
  }
}
