import Domain
import Manifests
import OrderedCollections
import Testing

/// The reader by itself, with a configuration that has nothing to do with apps.
@Suite struct MappingReaderTests {
    private let keys = KnownKeys(
        ["name", "poll", "sync", "sources", "labels"],
        refused: ["shards": "is not supported yet"]
    )

    @Test func `values arrive by type`() throws {
        let text =
            "{name: pacer, poll: 10s, sync: {auto: true, share: 0.25}, sources: [{name: a}, {name: b}], "
            + "labels: {b: x, a: y}}"
        let log = ProblemLog(file: "pacer.yaml")
        let table = try #require(MappingReader(try node(text), keys: keys, log: log))
        #expect(table.text("name") == "pacer")
        #expect(table.duration("poll") == .seconds(10))
        let sync = try #require(table.mapping("sync", keys: KnownKeys(["auto", "share"])))
        #expect(sync.flag("auto") == true)
        #expect(sync.number("share", places: 6, in: 0...1_000_000) == 250_000)
        #expect(table.items("sources")?.map(\.path) == ["sources[0]", "sources[1]"])
        #expect(table.textTable("labels") == ["a": "y", "b": "x"])
        #expect(log.problems == [])
    }

    @Test func `everything that is wrong is told at once, with its place and its path`() throws {
        let text = """
            {name: 5, poll: 10,
             sync: {auto: on, auot: true, share: 2},
             shards: [1], lables: {}, other: 1}
            """
        let log = ProblemLog(file: "pacer.yaml")
        let table = try #require(MappingReader(try node(text), keys: keys, log: log))
        #expect(table.text("name") == nil)
        #expect(table.duration("poll") == nil)
        let sync = table.mapping("sync", keys: KnownKeys(["auto", "share"]))
        #expect(sync?.flag("auto") == nil)
        #expect(sync?.number("share", places: 6, in: 0...1_000_000) == nil)
        #expect(table.requiredText("labels", hint: "give it some") == nil)
        let told = log.problems.sorted().map { "\($0.line):\($0.column) \($0.code) \($0.message)" }
        #expect(
            told == [
                "1:1 PACER-E016 `labels` is missing",
                "1:8 PACER-E010 `name` must be text, but is a number: `5`",
                "1:17 PACER-E015 `poll` must be a length of time, but is `10`",
                "2:15 PACER-E010 `sync.auto` must be true or false, but is text: `on`",
                "2:19 PACER-E011 `sync.auot` is not a key that is known here",
                "2:38 PACER-E014 `sync.share` must be a number from 0 to 1, but is `2`",
                "3:2 PACER-E012 `shards` is not supported yet",
                "3:15 PACER-E011 `lables` is not a key that is known here",
                "3:27 PACER-W001 `other` is not a key that is known here; it is ignored",
            ]
        )
        #expect(log.hasErrors)
        #expect(log.problems.first { $0.line == 2 && $0.code == "PACER-E011" }?.hint == "did you mean `auto`?")
    }

    @Test func `null is as good as absent`() throws {
        let log = ProblemLog(file: "pacer.yaml")
        let table = try #require(MappingReader(try node("{name: null, sync: ~, poll: }"), keys: keys, log: log))
        #expect(!table.has("name") && table.text("name") == nil)
        #expect(table.mapping("sync", keys: KnownKeys([])) == nil)
        #expect(table.duration("poll") == nil)
        #expect(log.problems == [])
    }

    private func node(_ text: String) throws -> YAMLNode { try #require(flowYAML(Array(text.utf8)).documents.first) }
}

@Suite struct LintTests {
    @Test func `a file by itself may be named and placed as it likes`() {
        for path in ["web.yaml", "/tmp/some where/web.yaml", "_aside.yaml", "app.txt", "../x/.hidden.json"] {
            let lint = LintReport.alone(
                file(path, "{id: web, cmd: run, dependencies: [/db], mem: -1}"),
                parse: flowYAML,
                sha256: fakeSHA256
            )
            #expect(lint.files == 1 && lint.apps == 1)
            #expect(
                lint.problems.map { "\($0.file):\($0.line):\($0.column) \($0.code)" } == ["\(path):1:47 PACER-E014"]
            )
        }
    }

    @Test func `a source is checked as a whole`() {
        let files = [
            "a.yaml": "{cmd: run, dependencies: [b]}", "b.yaml": "[{id: b, cmd: run}, {id: c, cmd: run}]",
            "c.yaml": "{",
        ]
        let report = LintReport.source(files.map { file($0.key, $0.value) }, parse: flowYAML, sha256: fakeSHA256)
        #expect(report.files == 3 && report.apps == 3 && report.hasErrors)
        #expect(report.problems.map(\.file) == ["c.yaml"])
    }
}
