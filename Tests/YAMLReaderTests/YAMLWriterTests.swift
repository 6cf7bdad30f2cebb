import Domain
import Manifests
import OrderedCollections
import Testing

@testable import YAMLReader

/// What is written is read as the same values, and is what a person would have written.
@Suite struct YAMLWriterTests {
    @Test func `a definition looks as a person would write it`() throws {
        let app: FieldValue = .object([
            "id": .text("/shop/web"), "cmd": .text("python3 -m http.server $PORT0"), "cpus": .millionths(500_000),
            "instances": .integer(3),
            "env": .object(["MODE": .text("on"), "PORT": .text("8080"), "NAME": .text("web")]),
            "constraints": .list([.list([.text("hostname"), .text("UNIQUE")])]),
            "dependencies": .list([.text("/shop/db")]), "labels": .object([:]), "portDefinitions": .list([]),
            "args": .list([.text("sh"), .text("first\nsecond\n"), .text("#no")]), "tty": .flag(true), "user": .null,
        ])
        #expect(
            try YAMLWriter.text([app]) == """
                id: /shop/web
                cmd: python3 -m http.server $PORT0
                cpus: 0.5
                instances: 3
                env:
                  MODE: 'on'
                  PORT: '8080'
                  NAME: web
                constraints:
                - [hostname, UNIQUE]
                dependencies:
                - /shop/db
                labels: {}
                portDefinitions: []
                args:
                - sh
                - |
                  first
                  second
                - '#no'
                tty: true
                user: null

                """
        )
    }

    @Test func `documents are kept apart`() throws {
        let text = try YAMLWriter.text([.object(["id": .text("a")]), .object(["id": .text("b")])])
        #expect(text == "id: a\n---\nid: b\n")
    }

    /// Each of these was, or will be, somebody's environment variable.
    static let texts = [
        "", " ", "~", "null", "NULL", "true", "Yes", "no", "on", "OFF", "y", "012", "0x1F", "0o17", "1e3", "1_000",
        "12:30",
        "1.5", "-1", "+1", ".5", "-.5", ".inf", "-.INF", ".nan", "2026-01-31", "2026-01-31T10:00:00Z", "<<", "=", "- a",
        "a: b", "a #b", "#a", "*a", "&a", "!a", "%a", "@a", "`a", "'a'", "\"a\"", "[a]", "{a}", "a,b", "? a", "|", ">",
        "a\nb", "a\nb\n", "a\n\nb\n\n", "\na", " a\n b\n", "a \nb", "a\tb", "\ta", "a\r\nb", "a\u{0}b", "\u{1B}[1m",
        "\u{85}", "\u{2028}", "ä€😀", "\u{FEFF}", "...", "---", "a\n---\nb\n", "0", "-", "--", "key:", ":", "1:2:3",
        "0b11",
        "192.168.0.1", "1.2.3", "7d", "1.11.0", "trailing ", "x\n  y\n z\n",
    ]

    @Test(arguments: texts)
    func `a text is read as itself, in a value, a key and a list`(text: String) throws {
        let written: FieldValue = .object([
            "value": .text(text), "list": .list([.text(text), .list([.text(text)])]),
            "map": .object([text: .text(text)]),
        ])
        let file = try YAMLWriter.text([written])
        let read = YAMLReader().parse(Array(file.utf8))
        #expect(read.failure == nil, "\(file)")
        let scalars = read.documents.flatMap(scalars)
        let expected = ["value", text, "list", text, text, "map", text, text]
        #expect(scalars.map(\.text) == expected, "\(file)")
        guard PlainText.isAmbiguous(text) else { return }
        let bare = scalars.filter { $0.text == text && !$0.quoted }
        #expect(bare.isEmpty, "\(file)")
    }

    @Test(arguments: ["192.168.0.1x", "7d", "web", "/shop/web", "a-b", "e", "face", "http://example.org/a.tgz"])
    func `what nobody could take for anything else has no quotes`(text: String) throws {
        #expect(try YAMLWriter.text([.list([.text(text)])]) == "- \(text)\n")
    }

    @Test(arguments: [(0, "0"), (1_500_000, "1.5"), (-250_000, "-0.25"), (3_000_000, "3"), (1, "0.000001")])
    func `numbers are decimal`(millionths: Int64, text: String) throws {
        #expect(try YAMLWriter.text([.list([.millionths(millionths)])]) == "- \(text)\n")
    }

    private func scalars(_ node: YAMLNode) -> [(text: String, quoted: Bool)] {
        switch node.content {
        case .scalar(let text, let quoted): [(text, quoted)]
        case .sequence(let items): items.flatMap(scalars)
        case .mapping(let entries): entries.flatMap { scalars($0.key) + scalars($0.value) }
        }
    }
}
