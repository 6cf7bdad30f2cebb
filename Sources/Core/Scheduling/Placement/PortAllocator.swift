/// Picks ports out of what an agent offers.
///
/// Ports that may be any are taken upwards from a place that moves on with each launch, round and round: a port that
/// just became free is not given again at once, when clients of the old task may still knock. Nothing is random, so that
/// the same offers and requests give the same ports.
enum PortAllocator {
    /// Picks one port for every request.
    /// - Parameters:
    ///   - requests: a number that must be had, or `nil` for any.
    ///   - ranges: free ports, ascending and apart.
    ///   - start: where the search for ports of any number begins.
    /// - Returns: the ports in the order of the requests, all different; `nil` where they cannot be had.
    static func pick(_ requests: [Int?], from ranges: [ClosedRange<Int>], startingAt start: Int) -> [Int]? {
        var taken: Set<Int> = []
        for case let fixed? in requests {
            guard holds(ranges, fixed), taken.insert(fixed).inserted else { return nil }
        }
        var ports: [Int] = []
        var walk = Walk(ranges: ranges, from: start)
        for request in requests {
            guard let port = request ?? walk.next(except: taken) else { return nil }
            ports.append(port)
        }
        return ports
    }

    /// Whether `port` is in one of the ranges.
    static func holds(_ ranges: [ClosedRange<Int>], _ port: Int) -> Bool { ranges.contains { $0.contains(port) } }

    /// Takes one port out of the ranges.
    /// - Returns: the ranges without it, ascending and apart; `nil` where they do not hold it.
    static func removing(_ port: Int, from ranges: [ClosedRange<Int>]) -> [ClosedRange<Int>]? {
        guard let index = ranges.firstIndex(where: { $0.contains(port) }) else { return nil }
        var rest = ranges
        let range = rest.remove(at: index)
        if port < range.upperBound { rest.insert(port + 1...range.upperBound, at: index) }
        if range.lowerBound < port { rest.insert(range.lowerBound...port - 1, at: index) }
        return rest
    }

    /// Puts single ports together into ranges, ascending and apart.
    static func ranges(of ports: [Int]) -> [ClosedRange<Int>] {
        var ranges: [ClosedRange<Int>] = []
        for port in ports.sorted() {
            if let last = ranges.last, last.upperBound + 1 == port {
                ranges[ranges.count - 1] = last.lowerBound...port
            } else {
                ranges.append(port...port)
            }
        }
        return ranges
    }

    /// A walk over all ports of the ranges: from a start upwards, then from the lowest to the start.
    private struct Walk {
        private let ranges: [ClosedRange<Int>]
        private let start: Int
        private var position: Int?
        private var hasWrapped = false

        init(ranges: [ClosedRange<Int>], from start: Int) {
            self.ranges = ranges
            self.start = start
            self.position = start
        }

        /// The next port that is not in `taken`.
        mutating func next(except taken: Set<Int>) -> Int? {
            while let port = advance() {
                if !taken.contains(port) { return port }
            }
            return nil
        }

        private mutating func advance() -> Int? {
            while let from = position {
                if let range = ranges.first(where: { $0.upperBound >= from }) {
                    let port = max(from, range.lowerBound)
                    guard !hasWrapped || port < start else { break }
                    position = port + 1
                    return port
                }
                guard !hasWrapped else { break }
                hasWrapped = true
                position = Int.min
            }
            position = nil
            return nil
        }
    }
}
