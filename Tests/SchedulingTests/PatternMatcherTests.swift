import Domain
import Testing

@Suite struct PatternMatcherTests {
    struct Row: CustomTestStringConvertible {
        var pattern: String
        var matching: [String]
        var other: [String]
        var testDescription: String { pattern }
    }

    static let rows = [
        Row(pattern: "", matching: [""], other: ["a"]),
        Row(pattern: "rack-1", matching: ["rack-1"], other: ["rack-10", "arack-1", "rack-", ""]),
        Row(pattern: "rack-.", matching: ["rack-1", "rack-ü"], other: ["rack-", "rack-12", "rack-\n"]),
        Row(pattern: "rack-[1-3]", matching: ["rack-1", "rack-3"], other: ["rack-4", "rack--"]),
        Row(pattern: "[^a-c]x", matching: ["dx", "-x"], other: ["ax", "x"]),
        Row(pattern: "[]a]+", matching: ["]a", "a"], other: ["b"]),
        Row(pattern: "[a-]+", matching: ["-a-"], other: ["b"]),
        Row(pattern: "[\\d.]+", matching: ["10.2", "."], other: ["", "x"]),
        Row(pattern: "[\\w-]+", matching: ["a-b_9"], other: ["a b"]),
        Row(pattern: "a|b|cd", matching: ["a", "b", "cd"], other: ["c", "ab", ""]),
        Row(pattern: "(a|b)*c", matching: ["c", "abbac"], other: ["ab", "cc"]),
        Row(pattern: "(?:ab)+", matching: ["ab", "abab"], other: ["", "aba"]),
        Row(pattern: "a{2}", matching: ["aa"], other: ["a", "aaa"]),
        Row(pattern: "a{2,}", matching: ["aa", "aaaa"], other: ["a"]),
        Row(pattern: "a{1,3}", matching: ["a", "aaa"], other: ["", "aaaa"]),
        Row(pattern: "a{0}", matching: [""], other: ["a"]),
        Row(pattern: "a?b", matching: ["b", "ab"], other: ["aab"]),
        Row(pattern: "a*?b+?", matching: ["b", "aabb"], other: ["a"]),
        Row(pattern: "^host$", matching: ["host"], other: ["hosts"]),
        Row(pattern: "(^a|b$)+", matching: ["a", "b", "ab"], other: ["ba"]),
        Row(pattern: "\\d{3}\\.\\w+\\s\\S\\D\\W", matching: ["123.ab xy-"], other: ["12.ab xy-", "123xab xy-"]),
        Row(pattern: "(?i)HOST[a-c]", matching: ["host1".replacing("1", with: "A"), "HOSTb"], other: ["hostd"]),
        Row(pattern: "x(?i:y)z", matching: ["xyz", "xYz"], other: ["XYz", "xyZ"]),
        Row(pattern: "(?i)[^a]", matching: ["b"], other: ["a", "A"]),
        Row(pattern: "\\x41\\u00e4", matching: ["Aä"], other: ["A", "aä"]),
        Row(pattern: "\\[\\]\\(\\)\\{\\}\\.\\*\\+\\?\\^\\$\\|\\\\\\/\\-", matching: ["[](){}.*+?^$|\\/-"], other: [""]),
        Row(pattern: "[\\D]+", matching: ["ab-"], other: ["a1", ""]),
        Row(pattern: "[^\\W_]+", matching: ["aZ9"], other: ["a_", "-"]),
        Row(pattern: "[\\S\\n]+", matching: ["a\nb"], other: ["a b"]),
        Row(pattern: "(?i)[\\Wa]+", matching: ["aA-"], other: ["b", "B"]),
        Row(pattern: "\\Aab\\Z", matching: ["ab"], other: ["xab", "ab\n"]),
        Row(pattern: "ab\\z", matching: ["ab"], other: ["abc"]),
        Row(pattern: "ab$\\s*", matching: ["ab", "ab\n", "ab\r\n"], other: ["ab ", "ab\n\n"]),
        Row(pattern: "ab\\r$\\n", matching: [], other: ["ab\r\n"]),
        Row(pattern: "ab\\z\\n?", matching: ["ab"], other: ["ab\n"]),
        Row(pattern: "\\Qa.b*\\E+", matching: ["a.b*", "a.b***"], other: ["axb", "a.b"]),
        Row(pattern: "[\\Q^]\\E]+", matching: ["^]"], other: ["a"]),
        Row(pattern: "\\Q(", matching: ["("], other: [""]),
        Row(pattern: "\\\\Qa", matching: ["\\Qa"], other: ["a"]),
        Row(pattern: "(?<zone>[ab])-(?<N2>\\d)", matching: ["a-1"], other: ["c-1"]),
        Row(pattern: "(?s)a.b", matching: ["a\nb", "axb"], other: ["ab"]),
        Row(pattern: "(?s:a.)b.", matching: ["a\nbx"], other: ["a\nb\n"]),
        Row(pattern: "(?i)a(?-i)b(?is-i:c.)", matching: ["Abc\n"], other: ["aBc\n", "abC\n"]),
        Row(pattern: "(a*)*b", matching: ["b", "aab"], other: ["a"]),
        Row(pattern: "()|a", matching: ["", "a"], other: ["b"]),
        Row(pattern: "us-(east|west)-[12][ab]?", matching: ["us-east-1", "us-west-2b"], other: ["us-east-3"]),
    ]

    @Test(arguments: rows)
    func `a pattern matches whole texts and nothing else`(row: Row) throws {
        let matcher = try PatternMatcher(row.pattern)
        for text in row.matching { #expect(matcher.matches(text), "\(row.pattern) on \(text)") }
        for text in row.other { #expect(!matcher.matches(text), "\(row.pattern) on \(text)") }
    }

    @Test(arguments: [
        "(", ")", "a)", "[", "[a", "[b-a]", "*", "a**", "a++", "a{", "a{2", "a{3,2}", "a{,2}", "\\", "\\b", "\\1",
        "(?=a)", "(?<n>a", "(?<1>a)", "(?<n", "(?<>a)", "(?<=a)", "(?<!a)", "[a&&b]", "[[a]]", "\\p{Alpha}", "\\Qa\\E(",
        "a{1001}",
        "\\x4", "[a-\\d]", "(?m)a", "(?i--s)a", "(?>a)", "|*", "{2}", "(a{1000}){1000}",
    ])
    func `what is malformed or not supported is an error with a place`(pattern: String) {
        let error = #expect(throws: PatternError.self) { try PatternMatcher(pattern) }
        #expect(error?.message.isEmpty == false)
        #expect((0...pattern.unicodeScalars.count).contains(error?.offset ?? -1), "\(String(describing: error))")
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            "(a+)+$", "(a|a)*b", "(a|aa)+c", "(.*)*x", "((a*)*)*b", "(a?){50}a{50}b", "(x+x+)+y",
        ]
    )
    func `no pattern takes exponential time`(pattern: String) throws {
        let matcher = try PatternMatcher(pattern)
        #expect(!matcher.matches(String(repeating: "a", count: 5000) + "!"))
    }

    @Test(.timeLimit(.minutes(1)))
    func `repetitions of nothing and deep nesting end quickly`() throws {
        _ = try PatternMatcher("(((((){1000}){1000}){1000}){1000})*")
        #expect(throws: PatternError.self) { try PatternMatcher("(((((){0,1000}){0,1000}){0,1000}){0,1000})*") }
        let deep = String(repeating: "(", count: 400) + String(repeating: ")", count: 400)
        #expect(throws: PatternError.self) { try PatternMatcher(deep) }
        #expect(throws: PatternError.self) { try PatternMatcher(String(repeating: "a", count: 1001)) }
    }

    /// A slow matcher to compare with: tries every way, on tiny patterns.
    @Test(arguments: UInt64(0)..<200)
    func `random patterns match what a naive matcher matches`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let tree = NaivePattern.random(depth: 3, using: &random)
        let matcher = try PatternMatcher(tree.text)
        for _ in 0..<40 {
            let length = random.number(0...5)
            let text = (0..<length).map { _ in random.pick(["a", "b"]) ?? "a" }.joined()
            #expect(matcher.matches(text) == tree.matches(Array(text)), "\(tree.text) on \(text)")
        }
    }
}

/// A pattern of literals, choices and repetitions, with its meaning spelled out as sets of positions.
private indirect enum NaivePattern {
    case letter(Character)
    case sequence(NaivePattern, NaivePattern)
    case either(NaivePattern, NaivePattern)
    case star(NaivePattern)
    case optional(NaivePattern)

    static func random(depth: Int, using random: inout SplitMix64) -> NaivePattern {
        guard depth > 0, !random.once(in: 5) else { return .letter(random.once(in: 2) ? "a" : "b") }
        switch random.number(0...4) {
        case 0, 1:
            return .sequence(.random(depth: depth - 1, using: &random), .random(depth: depth - 1, using: &random))
        case 2: return .either(.random(depth: depth - 1, using: &random), .random(depth: depth - 1, using: &random))
        case 3: return .star(.random(depth: depth - 1, using: &random))
        default: return .optional(.random(depth: depth - 1, using: &random))
        }
    }

    var text: String {
        switch self {
        case .letter(let letter): String(letter)
        case .sequence(let first, let second): first.text + second.text
        case .either(let first, let second): "(\(first.text)|\(second.text))"
        case .star(let part): "(\(part.text))*"
        case .optional(let part): "(?:\(part.text))?"
        }
    }

    func matches(_ text: [Character]) -> Bool { ends(in: text, from: [0]).contains(text.count) }

    private func ends(in text: [Character], from starts: Set<Int>) -> Set<Int> {
        switch self {
        case .letter(let letter): return Set(starts.filter { $0 < text.count && text[$0] == letter }.map { $0 + 1 })
        case .sequence(let first, let second): return second.ends(in: text, from: first.ends(in: text, from: starts))
        case .either(let first, let second):
            return first.ends(in: text, from: starts).union(second.ends(in: text, from: starts))
        case .optional(let part): return starts.union(part.ends(in: text, from: starts))
        case .star(let part):
            var all = starts
            while true {
                let more = part.ends(in: text, from: all).union(all)
                guard more != all else { return all }
                all = more
            }
        }
    }
}
