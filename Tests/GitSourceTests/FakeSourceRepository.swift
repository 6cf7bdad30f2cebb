import Boundary
import Domain
import Synchronization

/// A source's repository in memory: the same answers as a real one gives, without git. Commits are made by calls, and
/// failures are switched on and off.
final class FakeSourceRepository: SourceRepository {
    /// One change of a commit. Paths are from the repository's root.
    enum Change: Hashable, Sendable {
        /// The file has these bytes from now on.
        case file(String, [UInt8])
        /// There is a symbolic link.
        case link(String, to: String)
        /// The file or link is gone.
        case removal(String)
    }

    private enum Entry: Hashable {
        case file([UInt8])
        case link(String)
    }

    private struct Commit {
        var parent: Revision?
        var entries: [String: Entry]
        var subject: String
        var time: Instant
    }

    private struct State {
        var commits: [Revision: Commit] = [:]
        var tip: Revision?
        var failure: SourceFailure?
        var looks = 0
    }

    private let source: String
    private let prefix: String
    private let sizeLimit: Int
    private let state = Mutex(State())

    /// An empty repository, without the tracked branch.
    /// - Parameters:
    ///   - source: the source's name.
    ///   - path: the folder below the root that holds the manifests; `.` for the root.
    ///   - sizeLimit: a file above this many bytes is told without its content.
    init(source: String, path: String = ".", sizeLimit: Int = 1 << 20) {
        self.source = source
        self.prefix = path == "." ? "" : path + "/"
        self.sizeLimit = sizeLimit
    }

    // MARK: - What a test does to it

    /// Adds a commit to the branch, which is made by the first one.
    @discardableResult
    func commit(_ changes: [Change], subject: String = "", at time: Instant) -> Revision {
        state.withLock { state in
            let parent = state.tip
            return Self.add(changes, onto: parent, subject, time, to: &state)
        }
    }

    /// Replaces the branch's newest commit, as an amended one that is pushed by force.
    @discardableResult
    func amend(_ changes: [Change], subject: String = "", at time: Instant) -> Revision {
        state.withLock { state in
            let parent = state.tip.flatMap { state.commits[$0]?.parent }
            return Self.add(changes, onto: parent, subject, time, to: &state)
        }
    }

    /// The tracked branch is gone.
    func deleteBranch() { state.withLock { $0.tip = nil } }

    /// Points the branch to a commit that was made before.
    func restoreBranch(to revision: Revision) { state.withLock { $0.tip = revision } }

    /// Every look fails like this until `nil` is set.
    func fail(with failure: SourceFailure?) { state.withLock { $0.failure = failure } }

    /// How often anybody looked.
    var looks: Int { state.withLock { $0.looks } }

    // MARK: - What the shell asks

    /// Tells what the branch holds, or fails as it was told to.
    func update(since: Revision?) async throws(SourceFailure) -> SourceUpdate? {
        try state.withLock { state throws(SourceFailure) in
            state.looks += 1
            if let failure = state.failure { throw failure }
            guard let tip = state.tip, let commit = state.commits[tip] else {
                throw Self.failure(.branchMissing, "the branch does not exist")
            }
            if tip == since { return nil }
            let files = visible(commit)
            if files.isEmpty { throw emptiness(of: commit) }
            return SourceUpdate(
                source: source,
                revision: tip,
                tree: Self.hash(files.map { "\($0.blob) \($0.path)\n" }.joined().utf8),
                author: "Fake <fake@example.invalid>",
                committed: commit.time,
                subject: commit.subject,
                descends: since.map { Self.descends(tip, from: $0, in: state) } ?? true,
                files: difference(to: files, since: since.flatMap { state.commits[$0] })
            )
        }
    }

    /// Whether one commit is another or comes after it.
    func descends(_ revision: Revision, from ancestor: Revision) async throws(SourceFailure) -> Bool {
        state.withLock { revision == ancestor || Self.descends(revision, from: ancestor, in: $0) }
    }

    private func difference(to files: [SourceUpdate.File], since: Commit?) -> SourceUpdate.Files {
        guard let since else { return .all(files) }
        let before = Dictionary(uniqueKeysWithValues: visible(since, orNothing: false).map { ($0.path, $0) })
        let paths = Set(files.map(\.path))
        let changed = files.filter { file in
            guard let old = before[file.path] else { return true }
            return old.blob != file.blob || (old.content == nil) != (file.content == nil)
        }
        let removed = before.keys.filter { !paths.contains($0) }
        return .changed(changed, removed: removed.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }

    /// The relevant files below the path; none where no file can hold an app.
    private func visible(_ commit: Commit, orNothing: Bool = true) -> [SourceUpdate.File] {
        let paths = commit.entries.keys.filter { $0.hasPrefix(prefix) && Self.isRelevant($0) }
        guard !orNothing || paths.contains(where: { !$0.hasSuffix(".pacerignore") }) else { return [] }
        return paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.compactMap { path in
            commit.entries[path].map { file(String(path.dropFirst(prefix.count)), $0) }
        }
    }

    private func file(_ path: String, _ entry: Entry) -> SourceUpdate.File {
        switch entry {
        case .link(let target):
            return SourceUpdate.File(path: path, blob: Self.hash(target.utf8), content: nil, size: 0)
        case .file(let bytes):
            let content = bytes.count > sizeLimit ? nil : bytes
            return SourceUpdate.File(path: path, blob: Self.hash(bytes), content: content, size: bytes.count)
        }
    }

    private func emptiness(of commit: Commit) -> SourceFailure {
        let exists = prefix.isEmpty || commit.entries.keys.contains { $0.hasPrefix(prefix) }
        return exists
            ? Self.failure(.empty, "no manifest below the path")
            : Self.failure(.pathMissing, "the path does not exist")
    }

    // MARK: - Helpers

    private static func add(
        _ changes: [Change],
        onto parent: Revision?,
        _ subject: String,
        _ time: Instant,
        to state: inout State
    ) -> Revision {
        var entries = parent.flatMap { state.commits[$0]?.entries } ?? [:]
        for change in changes {
            switch change {
            case .file(let path, let bytes): entries[path] = .file(bytes)
            case .link(let path, let target): entries[path] = .link(target)
            case .removal(let path): entries[path] = nil
            }
        }
        let revision = Revision(hash("commit \(state.commits.count) \(subject)".utf8))
        state.commits[revision] = Commit(parent: parent, entries: entries, subject: subject, time: time)
        state.tip = revision
        return revision
    }

    private static func descends(_ tip: Revision, from ancestor: Revision, in state: State) -> Bool {
        var next = state.commits[tip]?.parent
        while let commit = next {
            if commit == ancestor { return true }
            next = state.commits[commit]?.parent
        }
        return false
    }

    private static func isRelevant(_ path: String) -> Bool {
        let name = path.split(separator: "/").last ?? ""
        return name == ".pacerignore" || [".yaml", ".yml", ".json"].contains { name.hasSuffix($0) }
    }

    private static func failure(_ kind: SourceFailure.Kind, _ message: String) -> SourceFailure {
        SourceFailure(kind: kind, message: message, hint: "this is the fake repository")
    }

    /// 40 hexadecimal digits that tell contents apart, as git's do; the same in every process (FNV-1a, three starts).
    private static func hash(_ bytes: some Sequence<UInt8>) -> String {
        var sums: [UInt64] = [0xCBF2_9CE4_8422_2325, 0x8422_2325_CBF2_9CE4, 0x9CE4_8422_CBF2_2325]
        for byte in bytes {
            for index in sums.indices { sums[index] = (sums[index] ^ UInt64(byte)) &* 0x100_0000_01B3 }
        }
        return sums.map { sum in
            let digits = String(sum, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        .joined().prefix(40).description
    }
}
