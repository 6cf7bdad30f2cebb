import Manifests
import Testing

@testable import YAMLReader

/// A formatted file says the same, with every comment where a reader looks for it.
@Suite struct YAMLFormatterTests {
    /// Keys of every mapping by the alphabet.
    private func sorted(_ node: YAMLNode) -> YAMLNode {
        switch node.content {
        case .scalar: return node
        case .sequence(let items): return YAMLNode(.sequence(items.map(sorted)), at: node.mark)
        case .mapping(let entries):
            let all = entries.map { YAMLNode.Entry(key: $0.key, value: sorted($0.value)) }
            return YAMLNode(
                .mapping(all.sorted { ($0.key.writtenText ?? "") < ($1.key.writtenText ?? "") }),
                at: node.mark
            )
        }
    }

    private func formatted(_ text: String) throws -> String {
        try YAMLFormatter.formatted(Array(text.utf8), arranged: sorted)
    }

    @Test func `comments and empty lines go with what they are about`() throws {
        let text = """
            # yaml-language-server: $schema=x
            # The shop's front.

            # How many.
            instances:   3   # three

            # What it runs.
            cmd: "run"
            env:  # for the program
                # The first.
                B: 'on'
                A: "8080"   # a port
                # The last.
            args: [ a, 'b' ]
            # The end.

            """
        let expected = """
            # yaml-language-server: $schema=x
            # The shop's front.

            args:
            - a
            - b

            # What it runs.
            cmd: run
            env: # for the program
              A: '8080' # a port
              # The last.
              # The first.
              B: 'on'

            # How many.
            instances: 3 # three
            # The end.

            """
        #expect(try formatted(text) == expected)
        #expect(try formatted(expected) == expected)
    }

    @Test(arguments: [
        ("a: 1", "a: 1\n"), ("b: 2\na: 1\n", "a: 1\nb: 2\n"),
        ("{b: 2, a: [x, {d: 1, c: 2}]}", "a:\n- x\n- c: 2\n  d: 1\nb: 2\n"),
        ("# c\na: 1", "# c\na: 1\n"), ("# c\n\na: 1", "# c\n\na: 1\n"), ("a: 1 # c\n# d\n", "a: 1 # c\n# d\n"),
        ("- a: 1\n  # c\n- b: 2\n", "- a: 1\n  # c\n- b: 2\n"),
        ("# x\n- # y\n  b: 2\n  a: 1\n", "# x\n# y\n- a: 1\n  b: 2\n"),
        ("a: |  # c\n  x # y\n  z\n", "a: | # c\n  x # y\n  z\n"), ("a: 'x # y'\n", "a: 'x # y'\n"),
        ("a: 1\n---\n# c\nb: 2\n", "a: 1\n---\n# c\nb: 2\n"), ("a:\n", "a: null\n"),
        ("a: 1\r\nb: 2 # c\r\n", "a: 1\nb: 2 # c\n"),
        ("\u{FEFF}a: 1\n", "a: 1\n"), ("a: 0x10\nb: 1e3\nc: 'on'\nd: off\n", "a: '0x10'\nb: 1e3\nc: 'on'\nd: 'off'\n"),
        ("a: |+\n  x\n\nb: 1\n", "a: \"x\\n\\n\"\nb: 1\n"), ("c: 1\n\n\n\na: 1\n\nb: 1\n", "a: 1\n\nb: 1\nc: 1\n"),
    ])
    func `each form has one result, which stays as it is`(text: String, result: String) throws {
        let once = try formatted(text)
        #expect(once == result)
        #expect(try formatted(once) == once)
    }

    @Test(arguments: ["a: &x 1\nb: *x\n", "a: !!str 1\n", "? [a]\n: b\n", "a: 1\na: 2\n", "a: [\n", "a: {b: *x}\n"])
    func `what would be lost is left as it is`(text: String) {
        #expect(throws: YAMLFormatter.Refusal.self) { try formatted(text) }
    }
}
