public import Synchronization

/// Values by key, each made when it is first asked for and kept for ever.
///
/// Finding one takes no lock and no memory: the entries are a list that only grows, at its head. It is for
/// few keys.
public final class SeriesTable<Key: Equatable & Sendable, Value: AnyObject & Sendable>:
  @unchecked Sendable
{
  // Unchecked: the pointer at the head is to an entry, which never changes and stays.

  @usableFromInline final class Entry: Sendable {
    @usableFromInline let key: Key
    @usableFromInline let value: Value
    @usableFromInline let next: Entry?

    init(_ key: Key, _ value: Value, _ next: Entry?) {
      self.key = key
      self.value = value
      self.next = next
    }
  }

  /// The entry at the head, which this table owns; an entry owns the next one.
  @usableFromInline let head = Atomic<UnsafeRawPointer?>(nil)
  private let growth = Mutex(())
  private let make: @Sendable (Key) -> Value

  /// A table whose values are made so.
  public init(_ make: @escaping @Sendable (Key) -> Value) { self.make = make }

  deinit {
    if let head = head.load(ordering: .acquiring) { Unmanaged<Entry>.fromOpaque(head).release() }
  }

  /// The values made so far, the latest first.
  public var values: [Value] {
    var values: [Value] = []
    var next = head.load(ordering: .acquiring).map {
      Unmanaged<Entry>.fromOpaque($0).takeUnretainedValue()
    }
    while let entry = next {
      values.append(entry.value)
      next = entry.next
    }
    return values
  }

  /// The value of a key.
  @inlinable public subscript(key: Key) -> Value { find(key) ?? grow(key) }

  @usableFromInline func grow(_ key: Key) -> Value {
    growth.withLock { _ in
      if let value = find(key) { return value }
      let value = make(key)
      let old = head.load(ordering: .acquiring)
      // The new entry takes over the table's hold on the old head.
      let next = old.map { Unmanaged<Entry>.fromOpaque($0).takeRetainedValue() }
      let entry = Entry(key, value, next)
      head.store(Unmanaged.passRetained(entry).toOpaque(), ordering: .releasing)
      return value
    }
  }

  @inlinable func find(_ key: Key) -> Value? {
    var next = head.load(ordering: .acquiring)
    while let pointer = next {
      // Entries live as long as the table: holding one here would only cost time.
      let found: Value? = Unmanaged<Entry>.fromOpaque(pointer)._withUnsafeGuaranteedRef { entry in
        if entry.key == key { return entry.value }
        next = entry.next.map { UnsafeRawPointer(Unmanaged.passUnretained($0).toOpaque()) }
        return nil
      }
      if let found { return found }
    }
    return nil
  }
}
