import Domain
import FoundationEssentials
import Manifests
import OrderedCollections
import Testing
import YAMLReader

/// The values that readers of YAML do not agree about, as `docs/yaml.md` tells them.
@Suite struct TrapTests {
    /// A row of one of the page's tables.
    struct Row: CustomTestStringConvertible, Sendable {
        var written: String
        var meaning: String
        var told: [String]
        var testDescription: String { written }
    }

    /// The rows of the table below a heading.
    static func rows(below heading: String) -> [Row] {
        let page = URL(filePath: #filePath).appending(path: "../../../docs/yaml.md").standardized
        guard let text = try? String(contentsOf: page, encoding: .utf8) else { return [] }
        let section = text.split(separator: "\n## ").first { $0.hasPrefix(heading) } ?? ""
        return section.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|").map { $0.drop { $0 == " " } }
            guard cells.count == 3, line.hasPrefix("| `") else { return nil }
            let parts = cells.map { cell in String(cell.reversed().drop { $0 == " " }.reversed()) }
            let bare = parts.map { $0.hasPrefix("`") ? String($0.dropFirst().dropLast()) : $0 }
            return Row(written: bare[0], meaning: bare[1], told: bare[2].isEmpty ? [] : [bare[2]])
        }
    }

    private func load(_ text: String) -> DesiredState {
        var source = SourceManifests(
            source: "s",
            group: .root,
            environment: nil,
            parse: parseYAML,
            sha256: fakeSHA256
        )
        let update = SourceUpdate(
            source: "s",
            revision: Revision("r"),
            tree: "t",
            author: "Ada",
            committed: Instant(milliseconds: 0),
            subject: "a commit",
            descends: true,
            files: .all([file("a.yaml", text)])
        )
        return source.apply(update)
    }

    @Test func `the page has its tables`() {
        #expect(TrapTests.rows(below: "Where text").count == 27)
        #expect(TrapTests.rows(below: "Where a number").count == 11)
        #expect(TrapTests.rows(below: "Where a truth").count == 6)
    }

    @Test(arguments: rows(below: "Where text"))
    func `text is what is written, and what others read is told`(row: Row) throws {
        let state = load("cmd: run\nenv:\n  A: \(row.written)\n")
        #expect(state.problems.map(\.code) == row.told)
        let env = try #require(state.apps.values.first).spec.app.env
        #expect(env["A"] == (row.meaning == "left out" ? nil : row.meaning == "empty" ? "" : row.meaning))
    }

    @Test(arguments: rows(below: "Where text").filter { $0.told == ["PACER-W012"] })
    func `a name is told as a value is`(row: Row) {
        let state = load("cmd: run\nlabels:\n  \(row.written): x\n")
        #expect(state.problems.map(\.code) == row.told)
        #expect(
            state.problems.first?.message.hasPrefix("A name in `labels` is `\(row.written)`, which YAML 1.1") == true
        )
        #expect(state.apps.values.first?.spec.app.labels == [row.written: "x"])
    }

    @Test(arguments: rows(below: "Where a number"))
    func `numbers are decimal`(row: Row) {
        let state = load("cmd: run\nmem: \(row.written)\n")
        #expect(state.problems.map(\.code) == row.told)
        let mem = state.apps.values.first?.spec.app.resources.mem
        #expect(mem.map { FieldValue(milli: $0).description } == (row.meaning == "none" ? nil : row.meaning))
    }

    @Test(arguments: rows(below: "Where a truth"))
    func `only true and false are truth values`(row: Row) {
        let state = load("cmd: run\nrequirePorts: \(row.written)\n")
        #expect(state.problems.map(\.code) == row.told)
        #expect(
            state.apps.values.first.map { "\($0.spec.app.requirePorts)" } == (row.meaning == "none" ? nil : row.meaning)
        )
    }
}
