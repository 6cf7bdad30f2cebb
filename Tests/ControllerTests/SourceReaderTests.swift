import Boundary
import Controller
import Domain
import Manifests
import OrderedCollections
import Simulation
import Synchronization
import Testing

/// What the reader of a source makes of a repository's answers.
@Suite struct SourceReaderTests {
    /// A repository whose commits are given by hand.
    final class Repository: SourceRepository {
        private let tip: Mutex<(revision: Revision, files: [SourceUpdate.File])>

        init(_ revision: String, _ paths: [String]) { tip = Mutex((Revision(revision), Self.files(paths))) }

        func push(_ revision: String, _ paths: [String]) {
            tip.withLock { $0 = (Revision(revision), Self.files(paths)) }
        }

        func update(since: Revision?) async throws(SourceFailure) -> SourceUpdate? {
            let (revision, files) = tip.withLock { $0 }
            guard revision != since else { return nil }
            return SourceUpdate(
                source: "shop",
                revision: revision,
                tree: "t",
                author: "Ada",
                committed: Instant(milliseconds: 0),
                subject: "a commit",
                descends: true,
                files: .all(files)
            )
        }

        func descends(_ revision: Revision, from ancestor: Revision) async throws(SourceFailure) -> Bool { true }

        private static func files(_ paths: [String]) -> [SourceUpdate.File] {
            paths.map { SourceUpdate.File(path: $0, blob: $0, content: Array($0.utf8), size: $0.utf8.count) }
        }
    }

    /// Every file is an app that runs the same command; a group's file says nothing.
    static let parse: YAMLParser = { bytes in
        let mark = Mark(line: 1, column: 1)
        func text(_ text: String) -> YAMLNode { YAMLNode(.scalar(text, quoted: false), at: mark) }
        let isGroup = bytes.contains(UInt8(ascii: "_"))
        let entries = isGroup ? [] : [YAMLNode.Entry(key: text("cmd"), value: text("sleep 1"))]
        return ParsedFile(documents: [YAMLNode(.mapping(entries), at: mark)], failure: nil)
    }

    private func reader(of repository: Repository) -> SourceReader {
        let manifests = SourceManifests(
            source: "shop",
            group: .root,
            environment: nil,
            parse: Self.parse,
            sha256: fakeSHA256
        )
        return SourceReader(name: "shop", repository: repository, manifests: manifests)
    }

    @Test func `a commit that declares no app is a failure at every look, until one does`() async {
        let repository = Repository("r1", ["web.yaml"])
        let reader = reader(of: repository)
        guard case .found(let desired, _, _) = await reader.look(anchor: nil, known: nil) else {
            Issue.record("the first commit has an app")
            return
        }
        #expect(desired.apps.keys.map(\.path) == ["/web"])

        repository.push("r2", ["_group.yaml"])
        for known in [Revision("r1"), Revision("r2")] {
            guard case .failed(let failure) = await reader.look(anchor: Revision("r1"), known: known) else {
                Issue.record("it must not pass for a commit without changes")
                return
            }
            #expect(failure.kind == .empty)
            #expect(failure.message.contains("r2 declares no app"))
            #expect(failure.hint.contains("remove the source"))
        }

        repository.push("r3", ["web.yaml"])
        guard case .found = await reader.look(anchor: Revision("r1"), known: Revision("r1")) else {
            Issue.record("the app is there again")
            return
        }
    }
}
