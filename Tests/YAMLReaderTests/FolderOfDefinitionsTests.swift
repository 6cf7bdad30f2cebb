import Domain
import FoundationEssentials
import Manifests
import OrderedCollections
import Testing
import YAMLReader

private let definitions = ProcessInfo.processInfo.environment["PACER_DEFINITIONS"]

/// Definitions of other people, which are not ours to keep here: `PACER_DEFINITIONS` names a folder of them.
@Suite(.enabled(if: definitions != nil, "PACER_DEFINITIONS names no folder"))
struct FolderOfDefinitionsTests {
    @Test func `what is imported of a definition is written and read again as the same spec`() throws {
        let folder = try #require(definitions)
        var count = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() where name.hasSuffix(".json") {
            let bytes = Array(try Data(contentsOf: URL(filePath: "\(folder)/\(name)")))
            let imported = MarathonImport(parseYAML(bytes).documents, file: name, sha256: fakeSHA256)
            for file in imported.files {
                guard let spec = file.spec else { continue }
                let node = YAMLNode(file.definition)
                let parse: YAMLParser = { _ in ParsedFile(documents: [node], failure: nil) }
                var source = SourceManifests(
                    source: "t",
                    group: .root,
                    environment: nil,
                    parse: parse,
                    sha256: fakeSHA256
                )
                let one = SourceUpdate.File(path: file.path, blob: "1", content: [], size: 0)
                let state = source.apply(update(one))
                // Alone in its source an app misses what it depends on; nothing else may be wrong with it.
                let problems = state.problems.filter { $0.code != "PACER-E040" }
                #expect(problems == [], "\(name)")
                guard state.problems.isEmpty else { continue }
                #expect(state.apps[spec.id]?.spec == Spec(spec, sha256: fakeSHA256), "\(name)")
                count += 1
            }
        }
        #expect(count > 0)
    }

    private func update(_ file: SourceUpdate.File) -> SourceUpdate {
        SourceUpdate(
            source: "t",
            revision: Revision("r"),
            tree: "t",
            author: "Ada",
            committed: Instant(milliseconds: 0),
            subject: "a commit",
            descends: true,
            files: .all([file])
        )
    }
}
