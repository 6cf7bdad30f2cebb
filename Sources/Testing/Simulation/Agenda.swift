package import Domain

/// What is going to happen, by time; at the same moment in the order it was put in.
package struct Agenda<Item: Sendable>: Sendable {
    /// A moment, and which item it is for: items are large, and stay where they are while moments change places.
    private struct Entry {
        var at: Instant
        var sequence: Int

        func precedes(_ other: Entry) -> Bool { (at, sequence) < (other.at, other.sequence) }
    }

    private var heap: [Entry] = []
    private var items: [Int: Item] = [:]
    private var sequence = 0

    /// An empty agenda.
    package init() {}

    /// Whether nothing is going to happen.
    package var isEmpty: Bool { heap.isEmpty }

    /// When the next thing happens.
    package var next: Instant? { heap.first?.at }

    /// Puts something in.
    package mutating func add(_ item: Item, at moment: Instant) {
        sequence += 1
        items[sequence] = item
        heap.append(Entry(at: moment, sequence: sequence))
        var child = heap.count - 1
        while child > 0, heap[child].precedes(heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Takes the next thing out.
    package mutating func take() -> (at: Instant, item: Item)? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        guard let item = items.removeValue(forKey: first.sequence) else {
            preconditionFailure("nothing is there for the entry \(first.sequence)")
        }
        guard !heap.isEmpty else { return (first.at, item) }
        heap[0] = last
        var parent = 0
        while true {
            let left = parent * 2 + 1
            guard left < heap.count else { break }
            let right = left + 1
            let child = right < heap.count && heap[right].precedes(heap[left]) ? right : left
            guard heap[child].precedes(heap[parent]) else { break }
            heap.swapAt(child, parent)
            parent = child
        }
        return (first.at, item)
    }
}
