/// The candidates of a search, the best first. Each is one number: the instances of the app that are there, how few more
/// fit, and the place's index, from the highest bits down, so that comparing two is one instruction.
struct CandidateHeap {
    private static let bits = 24
    private static let mask: UInt64 = 1 << bits - 1
    private var keys: [UInt64] = []

    /// How many candidates there are.
    var count: Int { keys.count }
    /// Whether there is none.
    var isEmpty: Bool { keys.isEmpty }
    /// The best candidate's rank: less is better.
    var bestKey: UInt64? { keys.first }
    /// The best candidate's place.
    var best: Int? { keys.first.map { Int($0 & CandidateHeap.mask) } }

    /// Adds a candidate; ``order()`` must follow before the best one is asked for.
    @inline(__always)
    mutating func append(_ index: Int, instances: Int, copies: Int64) {
        keys.append(CandidateHeap.key(index, instances: instances, copies: copies))
    }

    /// Puts the best candidate first.
    mutating func order() {
        for index in stride(from: keys.count / 2 - 1, through: 0, by: -1) { siftDown(from: index) }
    }

    /// Takes the best candidate off.
    mutating func removeBest() {
        keys.swapAt(0, keys.count - 1)
        keys.removeLast()
        siftDown(from: 0)
    }

    /// Ranks the best candidate anew.
    mutating func replaceBest(instances: Int, copies: Int64) {
        guard let index = best else { return }
        keys[0] = CandidateHeap.key(index, instances: instances, copies: copies)
        siftDown(from: 0)
    }

    @inline(__always)
    private static func key(_ index: Int, instances: Int, copies: Int64) -> UInt64 {
        precondition(UInt64(index) <= mask, "more offers in one turn than a rank can hold: \(index)")
        let room = mask - min(mask, UInt64(max(0, copies)))
        return UInt64(min(instances, 0xFFFF)) << (2 * UInt64(bits)) | room << UInt64(bits) | UInt64(index)
    }

    private mutating func siftDown(from start: Int) {
        var parent = start
        while true {
            var least = parent
            let left = 2 * parent + 1
            if left < keys.count, keys[left] < keys[least] { least = left }
            if left + 1 < keys.count, keys[left + 1] < keys[least] { least = left + 1 }
            guard least != parent else { return }
            keys.swapAt(parent, least)
            parent = least
        }
    }
}
