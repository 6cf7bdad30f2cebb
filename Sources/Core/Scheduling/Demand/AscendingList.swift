/// Distinct elements in ascending order. Taking the first costs nothing; the rest is binary search.
struct AscendingList<Element: Comparable & Sendable>: Sendable {
    private var storage: [Element] = []
    /// Elements before this index were taken already.
    private var head = 0

    /// The elements.
    var elements: ArraySlice<Element> { storage[head...] }
    /// How many there are.
    var count: Int { storage.count - head }
    /// Whether there is none.
    var isEmpty: Bool { head == storage.count }

    /// Adds an element, unless it is here.
    mutating func insert(_ element: Element) {
        if let last = storage.last, last < element { return storage.append(element) }
        let index = position(of: element)
        guard index == storage.count || storage[index] != element else { return }
        storage.insert(element, at: index)
    }

    /// Removes an element, if it is here.
    mutating func remove(_ element: Element) {
        let index = position(of: element)
        guard index < storage.count, storage[index] == element else { return }
        guard index == head else {
            storage.remove(at: index)
            return
        }
        head += 1
        guard head > 32, head > storage.count / 2 else { return }
        storage.removeFirst(head)
        head = 0
    }

    /// Whether the element is here.
    func contains(_ element: Element) -> Bool {
        let index = position(of: element)
        return index < storage.count && storage[index] == element
    }

    /// The index of the first element that is not less.
    private func position(of element: Element) -> Int {
        var low = head
        var high = storage.count
        while low < high {
            let middle = (low + high) / 2
            if storage[middle] < element { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
