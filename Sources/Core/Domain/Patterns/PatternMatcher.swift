/// Matches whole texts against a user's regular expression in time linear in the text, whatever the pattern.
///
/// The pattern is turned into a small program that is run for all its possible positions at once (Thompson's
/// construction); nothing is ever tried twice, so there is no pattern that takes exponential time.
///
/// The syntax is a part of Java's, which Marathon's constraints are written in: literals, `.`, classes with ranges and
/// negation, `\d \w \s \D \W \S`, escapes, `\Q…\E`, groups, `(?:…)`, `(?<name>…)`, the flags `i` and `s`, `|`,
/// `* + ? {m,n}` (also lazy), `^ $ \A \Z \z`. A pattern of that part matches exactly the texts that Java's
/// `String.matches` does; all others are refused, with the place.
package struct PatternMatcher: Hashable, Sendable {
    /// Patterns with more characters than this are refused.
    package static let longestPattern = 1000
    /// Patterns that become a program of more steps than this are refused (`(a{100}){100}`).
    package static let longestProgram = 10_000

    private let program: [PatternStep]

    /// Reads a pattern.
    /// - Throws: ``PatternError`` where it is malformed, uses what is not supported, or is too large.
    package init(_ pattern: String) throws(PatternError) {
        var parser = PatternParser(pattern)
        let tree = try parser.parse()
        var compiler = PatternCompiler()
        try compiler.emit(tree)
        self.program = try compiler.finish()
    }

    /// Whether the pattern matches all of `text`, from its first character to its last.
    package func matches(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        var current = Threads(size: program.count)
        var next = Threads(size: program.count)
        let ends = PatternMatcher.ends(of: scalars)
        follow(0, into: &current, Place(0, of: scalars.count, ends))
        for (index, scalar) in scalars.enumerated() {
            guard !current.steps.isEmpty else { return false }
            next.clear()
            let place = Place(index + 1, of: scalars.count, ends)
            for step in current.steps {
                guard case .take(let set) = program[step], set.contains(scalar) else { continue }
                follow(step + 1, into: &next, place)
            }
            swap(&current, &next)
        }
        return current.steps.contains { program[$0] == .match }
    }

    /// Adds every step that can be reached from `start` without taking a character.
    private func follow(_ start: Int, into threads: inout Threads, _ place: Place) {
        var open = [start]
        while let step = open.popLast() {
            guard threads.insert(step) else { continue }
            switch program[step] {
            case .take, .match: threads.steps.append(step)
            case .split(let first, let second):
                open.append(second)
                open.append(first)
            case .jump(let target): open.append(target)
            case .start: if place.isStart { open.append(step + 1) }
            case .end: if place.isEnd { open.append(step + 1) }
            case .veryEnd: if place.isVeryEnd { open.append(step + 1) }
            }
        }
    }

    /// A place between two characters.
    private struct Place {
        let isStart: Bool
        let isEnd: Bool
        let isVeryEnd: Bool

        init(_ offset: Int, of count: Int, _ end: Int) {
            isStart = offset == 0
            isVeryEnd = offset == count
            isEnd = isVeryEnd || offset == end
        }
    }

    /// Where a text ends for Java's `$`: before the line terminator at its end, where there is one.
    private static func ends(of scalars: [Unicode.Scalar]) -> Int {
        guard let last = scalars.last, ScalarSet.lineTerminators.contains(last) else { return scalars.count }
        let isPair = last == "\n" && scalars.dropLast().last == "\r"
        return scalars.count - (isPair ? 2 : 1)
    }

    /// The steps that a run is at, each once.
    private struct Threads {
        var steps: [Int] = []
        private var seen: [Bool]
        private var touched: [Int] = []

        init(size: Int) { seen = Array(repeating: false, count: size) }

        mutating func insert(_ step: Int) -> Bool {
            guard !seen[step] else { return false }
            seen[step] = true
            touched.append(step)
            return true
        }

        mutating func clear() {
            for step in touched { seen[step] = false }
            touched.removeAll(keepingCapacity: true)
            steps.removeAll(keepingCapacity: true)
        }
    }
}

/// Why a pattern cannot be used.
package struct PatternError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, in words for the pattern's author.
    package let message: String
    /// Where, in characters from the pattern's first, counted from 0.
    package let offset: Int

    /// Message and place.
    package var description: String { "\(message) at character \(offset + 1)" }
}

/// One step of a pattern's program.
enum PatternStep: Hashable, Sendable {
    /// Takes one character of the set.
    case take(ScalarSet)
    /// Goes on at both places.
    case split(Int, Int)
    /// Goes on there.
    case jump(Int)
    /// Goes on at the text's start only.
    case start
    /// Goes on at the text's end only, or before a line terminator there.
    case end
    /// Goes on at the text's end only.
    case veryEnd
    /// The pattern has matched.
    case match
}

/// A set of characters.
struct ScalarSet: Hashable, Sendable {
    var ranges: [ClosedRange<UInt32>]
    var isNegated = false
    var ignoresCase = false

    static let digits = ScalarSet(ranges: [48...57])
    static let wordCharacters = ScalarSet(ranges: [48...57, 65...90, 95...95, 97...122])
    static let spaces = ScalarSet(ranges: [9...13, 32...32])
    static let alphanumerics = ScalarSet(ranges: [48...57, 65...90, 97...122])
    static let lineTerminators = ScalarSet(ranges: [10...10, 13...13, 0x85...0x85, 0x2028...0x2029])
    /// Java's `.`: everything but line terminators.
    static let dot = ScalarSet(ranges: lineTerminators.ranges, isNegated: true)
    /// Java's `.` with the flag `s`.
    static let all = ScalarSet(ranges: [], isNegated: true)

    /// All that is in none of the ranges, which stand in order.
    var complement: [ClosedRange<UInt32>] {
        var gaps: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges {
            if range.lowerBound > next { gaps.append(next...range.lowerBound - 1) }
            next = range.upperBound + 1
        }
        return gaps + [next...0x10FFFF]
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        let value = scalar.value
        var isListed = holds(value)
        if ignoresCase, !isListed, let other = ScalarSet.otherCase(of: value) { isListed = holds(other) }
        return isListed != isNegated
    }

    private func holds(_ value: UInt32) -> Bool { ranges.contains { $0.contains(value) } }

    /// The same letter in the other case. Like Java without `(?u)`, only for ASCII.
    private static func otherCase(of value: UInt32) -> UInt32? {
        switch value {
        case 65...90: value + 32
        case 97...122: value - 32
        default: nil
        }
    }
}
