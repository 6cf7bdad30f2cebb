import Testing

@testable import Domain

@Suite struct RE2PatternTests {
    struct Row: CustomTestStringConvertible {
        var pattern: String
        var atLeast: String?
        var atMost: String?
        var testDescription: String { pattern }
    }

    private static let rows = [
        Row(pattern: "rack-1", atLeast: "rack\\x2d1", atMost: "rack\\x2d1"),
        Row(pattern: "^a$", atLeast: "^a", atMost: "^a$"), Row(pattern: "a\\z", atLeast: "a$", atMost: "a$"),
        Row(pattern: "r.*", atLeast: "r(?:\\C+)*", atMost: "r(?:[ -~])*"),
        Row(pattern: "a|b+|", atLeast: "(?:a|(?:b)+|)", atMost: "(?:a|(?:b)+|)"),
        Row(pattern: "[a-c_]\\d{2,3}?", atLeast: "[a-c_](?:[0-9]){2,3}", atMost: "[a-c_](?:[0-9]){2,3}"),
        Row(pattern: "(?i)a-[b-d]", atLeast: "[aA]\\x2d[b-dB-D]", atMost: "[aA]\\x2d[b-dB-D]"),
        Row(pattern: "[^a]", atLeast: "\\C+", atMost: nil), Row(pattern: "\\W", atLeast: "\\C+", atMost: nil),
        Row(pattern: "ä", atLeast: nil, atMost: nil), Row(pattern: "(?i)[Z-a]", atLeast: nil, atMost: nil),
        Row(pattern: "(", atLeast: nil, atMost: nil), Row(pattern: "(a{9}){9}", atLeast: nil, atMost: nil),
        Row(pattern: String(repeating: "a", count: 40), atLeast: nil, atMost: nil),
    ]

    @Test(arguments: rows)
    func `a pattern is said in RE2's words, or not at all`(row: Row) {
        #expect(RE2Pattern.text(row.pattern, .atLeast) == row.atLeast)
        #expect(RE2Pattern.text(row.pattern, .atMost) == row.atMost)
    }

    @Test(arguments: [
        ("web", "web"), ("a\\.b-c", "a.b-c"), ("(?i)1", "1"), ("a.b", nil), ("a|b", nil), ("", nil), ("(?i)a", nil),
        ("ä", nil), ("[a]", "a"), ("^a", nil), ("a?", nil),
    ])
    func `a pattern of one text is told apart`(pattern: String, literal: String?) {
        #expect(RE2Pattern.literal(pattern) == literal)
    }

    /// RE2's text is read by another engine here: `\C`, any byte, is any character to it.
    @Test func `RE2 matches at least, or at most, what the pattern does`() throws {
        let patterns = [
            "a.*", "[^b]+", "a{2,3}", "(ab|b)*", "(?i)ab", "\\d+|x", "a.b", "\\S\\s?", ".", "a?b?", "(a|b){2}", "[-a]+",
            "a\\.b", "\\w", "\\x61", "^ab$", "^", "(a|)b", "a$\\s*", "(a$\\n?)*", "a\\z\\s?", "[\\Da]+", "(?s)a.",
            "(?s).",
        ]
        var alphabet = ["", "a", "b", "A", "B", "-", ".", "1", "x", " ", "\r", "é", "\n", "_"]
        alphabet += alphabet.flatMap { first in alphabet.map { first + $0 } }
        alphabet += ["aaa", "aab", "abab", "a.b", "axb", "a\rb", "AAb", "123", "bab", "aaaa"]
        for pattern in patterns {
            let matcher = try PatternMatcher(pattern)
            let wider = try RE2Pattern.text(pattern, .atLeast).map(RE2PatternTests.regex)
            let narrower = try RE2Pattern.text(pattern, .atMost).map(RE2PatternTests.regex)
            for text in alphabet {
                let matches = matcher.matches(text)
                if matches, let wider { #expect(try wider.wholeMatch(in: text) != nil, "\(pattern) ≤ \(text)") }
                if !matches, let narrower { #expect(try narrower.wholeMatch(in: text) == nil, "\(pattern) ≥ \(text)") }
            }
        }
    }

    private static func regex(_ text: String) throws -> Regex<AnyRegexOutput> {
        try Regex(text.replacing("\\C", with: "[\\x00-\\x{10FFFF}]")).matchingSemantics(.unicodeScalar)
    }
}
