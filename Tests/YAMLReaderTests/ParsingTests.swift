import Manifests
import Testing
import YAMLReader

@Suite struct ParsingTests {
    @Test func `values stand where they were written`() throws {
        let parsed = parse("# a note\nid: web\nenv:\n  Ä: [1, 'two']\n---\n{a: 1}\n")
        #expect(parsed.failure == nil)
        #expect(parsed.documents.count == 2)
        #expect(
            parsed.documents[0].outline
                == "{id@2:1: web@2:5, env@3:1: {Ä@4:3: [1@4:7, 'two'@4:10]@4:6}@4:3}@2:1"
        )
        #expect(parsed.documents[1].outline == "{a@6:2: 1@6:5}@6:1")
    }

    @Test func `what is quoted or tagged as text is text`() throws {
        let parsed = parse("a: 1\nb: '1'\nc: \"1\"\nd: !!str 1\ne: |\n  1\nf: !!int \"1\"\n")
        let one = Scalar.number(try #require(ExactDecimal("1")))
        let values = try entries(parsed).map(\.value.scalar)
        #expect(values == [one, .text("1"), .text("1"), .text("1"), .text("1\n"), one])
    }

    @Test func `aliases stand for their anchors`() throws {
        let parsed = parse("a: &x {k: v}\nb: *x\nc: &y [*x]\nd: *y\n")
        #expect(parsed.documents.first?.outline.hasSuffix("d@4:1: [{k@1:8: v@1:11}@1:4]@3:4}@1:1") == true)
    }

    @Test(arguments: ["", "\n\n", "# nothing\n", "---\n", "\u{FEFF}"])
    func `a file may be empty`(text: String) {
        let parsed = parse(text)
        #expect(parsed.failure == nil)
        let saysNothing = parsed.documents.allSatisfy(\.isNull)
        #expect(saysNothing)
    }

    @Test func `a byte order mark and carriage returns change nothing`() {
        let plain = parse("id: web\ncmd: run\n")
        let windows = parse("\u{FEFF}id: web\r\ncmd: run\r\n")
        #expect(windows.failure == nil)
        #expect(windows.documents == plain.documents)
    }

    @Test func `JSON is YAML`() throws {
        let parsed = parse("{\n\t\"a\":[1,true,null],\n\t\"b\":\"x\\/y\\u00e9\\ud83d\\ude00\\\\ud83d\"}")
        #expect(parsed.failure == nil)
        let last = try #require(try entries(parsed).last)
        #expect(last.value.scalar == .text("x/yé😀\\ud83d"))
        #expect(last.key.mark == Mark(line: 3, column: 2))
    }

    @Test(arguments: [
        Refused("a: b: c", .syntax, 1, 5), Refused("a:\n\tb: 1", .syntax, 2, 1), Refused("a: 1\n b: 2", .syntax, 2, 3),
        Refused("a: \"open\nb: 1", .syntax, 1, 4), Refused("a: [1, 2\nb: 1", .syntax, 2, 2),
        Refused("a: {b: 1", .syntax, 1, 4),
        Refused("a: @home", .syntax, 1, 4), Refused("a: \"\\q\"", .syntax, 1, 5),
        Refused("a: 1\nb\nc: 2", .syntax, 2, 1),
        Refused("a: !Ref x", .syntax, 1, 4), Refused("a: \u{1}", .syntax, 1, 4),
        Refused("é: 1\nb: \u{7F}", .syntax, 2, 4),
        Refused("a: *b", .alias, 1, 4), Refused("a: &a [*a]", .alias, 1, 8), Refused("a: 1\0", .syntax, 1, 5),
    ])
    func `what is not well-formed is told with its place`(refused: Refused) throws {
        let failure = try #require(parse(refused.text).failure)
        #expect(failure.kind == refused.kind)
        #expect(failure.mark == refused.mark, "\(failure.message)")
        #expect(!failure.hint.isEmpty)
    }

    @Test func `the documents before an error are kept`() {
        let parsed = parse("id: a\n---\nid: b\n---\nid: [\n")
        #expect(parsed.documents.count == 2)
        #expect(parsed.failure?.kind == .syntax)
    }

    @Test(
        arguments: [
            ([0x61, 0x3A, 0x20, 0xFF], 1, 4), ([0x61, 0x0A, 0xC3], 2, 1), ([0xC0, 0x80], 1, 1),
            ([0xED, 0xA0, 0x80], 1, 1),
            ([0xC3, 0xA9, 0xF5], 1, 2), ([0xFF, 0xFE, 0x61, 0x00], 1, 1), ([0xE2, 0x82], 1, 1),
            ([0xF4, 0x90, 0x80, 0x80], 1, 1),
        ] as [([UInt8], Int, Int)]
    )
    func `the first byte that is not UTF-8 is told`(bytes: [UInt8], line: Int, column: Int) {
        let failure = parseYAML(bytes).failure
        #expect(failure?.kind == .encoding)
        #expect(failure?.mark == Mark(line: line, column: column))
    }

    // MARK: - Limits

    @Test func `a 10 MB file is refused before it is read`() {
        let failure = parseYAML([UInt8](repeating: UInt8(ascii: "a"), count: 10_000_000)).failure
        #expect(failure?.kind == .tooLarge)
        #expect(failure?.mark == Mark(line: 1, column: 1))
        #expect(failure?.message.contains("10000000 bytes") == true)
    }

    @Test func `an alias bomb ends where it grows too large`() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let aliases = [String](repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        let failure = parse(text).failure
        #expect(failure?.kind == .alias)
        #expect(failure?.mark.line == 6)
    }

    @Test func `a bomb of few aliases to a long text ends as well`() {
        let text = "a: &a \(String(repeating: "x", count: 500_000))\n" + (0..<20).map { "b\($0): *a\n" }.joined()
        let failure = parse(text).failure
        #expect(failure?.kind == .alias)
        #expect(failure?.message.contains("4194304 bytes") == true)
        #expect(failure?.mark.line == 9)
    }

    @Test(arguments: ["[", "{a: ", "- ", "? "])
    func `depth is bounded`(opening: String) {
        let failure = parse(String(repeating: opening, count: 100_000)).failure
        #expect(failure?.kind == .tooDeep)
        let fine = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(parse(fine).failure == nil)
        #expect(parse("[" + fine + "]").failure?.kind == .tooDeep)
    }

    @Test func `aliases cannot be nested past the depth`() {
        let half = String(repeating: "[", count: 40) + "x" + String(repeating: "]", count: 40)
        let failure = parse("a: &a \(half)\nb: " + String(repeating: "[", count: 30) + "*a").failure
        #expect(failure?.kind == .tooDeep)
    }

    @Test func `the number of values is bounded`() {
        #expect(parse("[" + String(repeating: "a,", count: 250_000) + "]").failure?.kind == .tooManyNodes)
    }

    @Test func `a thousand TAG lines are refused`() {
        let text = (0..<1000).map { "%TAG !t\($0)! tag:x\n" }.joined() + "--- a\n"
        #expect(parse(text).failure?.kind == .tooManyNodes)
    }

    private func parse(_ text: String) -> ParsedFile { parseYAML(Array(text.utf8)) }

    private func entries(_ parsed: ParsedFile) throws -> [YAMLNode.Entry] {
        guard case .mapping(let entries) = try #require(parsed.documents.first).content else { return [] }
        return entries
    }
}

/// A text that is refused: how and where.
struct Refused: CustomTestStringConvertible {
    var text: String
    var kind: ParseFailure.Kind
    var mark: Mark

    init(_ text: String, _ kind: ParseFailure.Kind, _ line: Int, _ column: Int) {
        (self.text, self.kind, self.mark) = (text, kind, Mark(line: line, column: column))
    }

    var testDescription: String { text.debugDescription }
}

extension YAMLNode {
    /// The tree in one line, each value with its place.
    fileprivate var outline: String {
        let place = "@\(mark.line):\(mark.column)"
        return switch content {
        case .scalar(let text, let quoted): (quoted ? "'\(text)'" : text) + place
        case .sequence(let items): "[" + items.map(\.outline).joined(separator: ", ") + "]" + place
        case .mapping(let entries):
            "{" + entries.map { "\($0.key.outline): \($0.value.outline)" }.joined(separator: ", ") + "}" + place
        }
    }
}
