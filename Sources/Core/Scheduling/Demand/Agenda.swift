import Domain

/// What is due when, the earliest first. A key stands at one moment at the most.
///
/// Setting, removing and taking cost O(log n). Entries that were moved or removed stay in the heap until they come to
/// its top, where they are dropped: the top is always good.
struct Agenda<Key: Hashable & Comparable & Sendable>: Sendable {
    private struct Entry: Sendable {
        var at: Instant
        var key: Key

        func precedes(_ other: Entry) -> Bool { at == other.at ? key < other.key : at < other.at }
    }

    private var moments: [Key: Instant] = [:]
    private var heap: [Entry] = []

    /// The earliest moment at which something is due.
    var next: Instant? { heap.first?.at }

    /// When `key` is due.
    subscript(key: Key) -> Instant? { moments[key] }

    /// Puts `key` at a moment, wherever it stood before.
    mutating func set(_ key: Key, at moment: Instant) {
        let old = moments.updateValue(moment, forKey: key)
        guard old != moment else { return }
        heap.append(Entry(at: moment, key: key))
        siftUp(from: heap.count - 1)
        if old != nil { dropStale() }
    }

    /// Takes `key` off; one that does not stand here is no error.
    mutating func remove(_ key: Key) {
        guard !moments.isEmpty, moments.removeValue(forKey: key) != nil else { return }
        dropStale()
    }

    /// Takes the earliest key that is due at `now`.
    mutating func takeDue(at now: Instant) -> Key? {
        guard let first = heap.first, first.at <= now else { return nil }
        moments.removeValue(forKey: first.key)
        dropStale()
        return first.key
    }

    private mutating func dropStale() {
        while let first = heap.first, moments[first.key] != first.at { popFirst() }
        guard heap.count > 2 * moments.count + 64 else { return }
        heap = moments.map { Entry(at: $0.value, key: $0.key) }
        for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) { siftDown(from: index) }
    }

    private mutating func popFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        siftDown(from: 0)
    }

    private mutating func siftUp(from start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].precedes(heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func siftDown(from start: Int) {
        var parent = start
        while true {
            var first = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if heap[child].precedes(heap[first]) { first = child }
            }
            guard first != parent else { return }
            heap.swapAt(parent, first)
            parent = first
        }
    }
}
