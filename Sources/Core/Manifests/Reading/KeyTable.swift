/// Something for each key of a mapping. Most mappings have a few keys, which are found sooner one by one than by their hashes.
struct KeyTable<Value> {
    /// Up to so many keys are looked at one by one.
    private static var few: Int { 24 }

    private var keys: [String] = []
    private var values: [Value] = []
    /// Where a key is; empty while there are few.
    private var places: [String: Int] = [:]

    init(capacity: Int) {
        keys.reserveCapacity(capacity)
        values.reserveCapacity(capacity)
    }

    /// What there is for a key.
    subscript(key: String) -> Value? {
        let length = key.utf8.count
        let place =
            keys.count > Self.few ? places[key] : keys.firstIndex { $0.utf8.count == length && $0 == key }
        return place.map { values[$0] }
    }

    /// Adds a key that is not there yet.
    mutating func add(_ key: String, _ value: Value) {
        keys.append(key)
        values.append(value)
        guard keys.count > Self.few else { return }
        if places.isEmpty {
            places = Dictionary(uniqueKeysWithValues: zip(keys, keys.indices))
        } else {
            places[key] = keys.count - 1
        }
    }
}
