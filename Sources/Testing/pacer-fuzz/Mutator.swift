import SeededRandom

/// Makes new inputs of old ones.
struct Mutator {
    /// No input grows beyond this many bytes: what is slow for a large file is the limits' business, and a test's.
    static let limit = 1024

    var random: SplitMix64
    let corpus: [[UInt8]]

    /// The next input: one of the corpus after one to four changes.
    mutating func next() -> [UInt8] {
        var input = random.pick(corpus)
        for _ in 0..<random.int(1...4) { change(&input) }
        return Array(input.prefix(Mutator.limit))
    }

    private mutating func change(_ input: inout [UInt8]) {
        let range = part(of: input)
        switch random.int(0...12) {
        case 0: input.removeSubrange(range)
        case 1: input.insert(contentsOf: input[range], at: range.lowerBound)
        case 2: input.replaceSubrange(range, with: word())
        case 3: input.insert(contentsOf: word(), at: range.lowerBound)
        case 4: input.insert(UInt8(truncatingIfNeeded: random.next()), at: range.lowerBound)
        case 5:
            guard !input.isEmpty else { return }
            input[random.int(0...(input.count - 1))] ^= 1 << UInt8(random.int(0...7))
        case 6:
            let other = random.pick(corpus)
            input.replaceSubrange(range, with: other[part(of: other)])
        case 7:
            // What opens often and never closes, or says the same again and again.
            let piece = range.isEmpty || random.oneIn(2) ? word() : Array(input[range].prefix(16))
            for _ in 0..<random.int(2...200) where input.count < Mutator.limit {
                input.insert(contentsOf: piece, at: range.lowerBound)
            }
        case 8: input = Array(input[..<range.upperBound])
        default:
            input.replaceSubrange(token(at: range.lowerBound, of: input), with: random.oneIn(2) ? word() : otherToken())
        }
    }

    /// The word, number or name that stands somewhere: to change it as a whole leaves the YAML well-formed more often than
    /// not, so that the reader of definitions has something to read.
    private func token(at place: Int, of input: [UInt8]) -> Range<Int> {
        let start = input[..<place].lastIndex { !Mutator.isOfToken($0) }.map { $0 + 1 } ?? 0
        let end = input[place...].firstIndex { !Mutator.isOfToken($0) } ?? input.count
        return start..<end
    }

    private mutating func otherToken() -> [UInt8] {
        let other = random.pick(corpus)
        return Array(other[token(at: random.int(0...other.count), of: other)])
    }

    private static func isOfToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"),
            UInt8(ascii: "/"):
            true
        default: byte >= 0x80
        }
    }

    private mutating func word() -> [UInt8] { Array(random.pick(Corpus.words).utf8) }

    /// A short stretch of an input.
    private mutating func part(of input: [UInt8]) -> Range<Int> {
        let start = random.int(0...input.count)
        let length = random.int(0...min(input.count - start, random.oneIn(4) ? 256 : 12))
        return start..<(start + length)
    }
}
