internal import CGit2
internal import FoundationEssentials

/// The bare copy of one branch of one repository, open on this thread.
///
/// Two references hold what is needed, so that packing anew cannot drop it: the tracked branch, under the name that it
/// has in the source, and the commit that the caller knows (``known``).
final class Mirror {
    /// The commit that the caller asked from last. After a rewritten branch it is what the difference is told from.
    private static let known = "refs/pacer/known"

    let repository: Repository
    private let branch: String

    init(_ repository: Repository, branch: String) {
        self.repository = repository
        self.branch = branch
    }

    static func reference(of branch: String) -> String { "refs/heads/" + branch }

    /// Where its packs lie.
    var packFolder: String { repository.folder + "objects/pack" }

    /// The branch's newest commit as of the last good fetch.
    func tip() throws(GitError) -> ObjectName? { try repository.target(of: Self.reference(of: branch)) }

    /// Every commit that a reference holds.
    func keptCommits() throws(GitError) -> [ObjectName] {
        let known = try repository.target(of: Self.known)
        return [try tip(), known].compactMap(\.self)
    }

    /// Fails where what the references name is not there.
    func verify() throws(GitError) {
        for name in try keptCommits() {
            guard let commit = try repository.commit(name) else {
                throw GitError(
                    call: "git_commit_lookup",
                    code: GIT_ENOTFOUND.rawValue,
                    category: GIT_ERROR_ODB.rawValue,
                    message: "commit \(name.hex) is missing"
                )
            }
            _ = try commit.root()
        }
    }

    /// Takes over what a fetch brought, and keeps the commit that the caller knows if it is here.
    func advance(to tip: ObjectName, callerKnows known: ObjectName?) throws(GitError) {
        if let known, try repository.commit(known) != nil, try repository.target(of: Self.known) != known {
            try repository.point(Self.known, to: known)
        }
        guard try self.tip() != tip else { return }
        try repository.point(Self.reference(of: branch), to: tip)
    }

    /// How many packs there are: each fetch that brought something left one.
    func packs() -> [String] {
        let files = try? FileManager.default.contentsOfDirectory(atPath: packFolder)
        return (files ?? []).filter { $0.hasSuffix(".pack") }.map { String($0.dropLast(".pack".count)) }
    }

    /// Packs all that the references hold into one pack and removes the others, as `git gc` would; libgit2 has no such
    /// call. The new pack is whole before an old one goes, so a crash leaves at most too much.
    func packAnew(_ attempt: Attempt) throws(GitError) {
        let old = packs()
        let new = try Packing(of: repository, attempt: attempt)
            .write(from: try keptCommits(), without: [], to: packFolder)
        for name in old where name != new {
            for ending in [".idx", ".pack"] {
                try removeFile("\(packFolder)/\(name)\(ending)")
            }
        }
    }

    private func removeFile(_ path: String) throws(GitError) {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw GitError(
                call: "unlink",
                code: GIT_ERROR.rawValue,
                category: GIT_ERROR_OS.rawValue,
                message: "cannot remove \(path): \(error)"
            )
        }
    }
}
