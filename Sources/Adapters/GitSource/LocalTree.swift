package import Boundary
package import Domain
internal import CGit2

/// Manifest files as they lie on this machine, for commands that look before anything is pushed. Nothing is fetched.
package enum LocalTree {
    /// The revision of files that are in no commit.
    package static let workingTree = Revision("working-tree")

    /// Reads a folder from disk, with the same selection of files and the same hashes as a commit of it would have.
    /// No git repository is needed. Symbolic links are told without content, as in a commit, and never followed; folders
    /// that are git repositories of their own are left out.
    /// - Parameters:
    ///   - path: a folder; or one file, which is then told alone, whatever its name.
    ///   - source: the name to tell the files under.
    ///   - sizeLimit: a file above this many bytes is told without its content.
    /// - Throws: `pathMissing` where nothing is there, `empty` where the folder holds no manifest, `unreachable` where
    ///   something cannot be read.
    package static func files(
        at path: String,
        source: String,
        sizeLimit: Int = 1 << 20
    ) async throws(SourceFailure) -> SourceUpdate {
        try await onThread(path) { () throws(SourceFailure) in
            try Libgit2.startOrFail()
            let found = try FolderWalk(root: path, sizeLimit: sizeLimit).read()
            return SourceUpdate(
                source: source,
                revision: workingTree,
                tree: try digest(of: found.files),
                author: "",
                committed: found.newest,
                subject: "working tree",
                descends: true,
                files: .all(found.files)
            )
        }
    }

    /// Reads what a commit of the repository around a folder has at that folder.
    /// - Parameters:
    ///   - revision: as `git rev-parse` takes it: a branch, a tag, `HEAD~2`, a hash; or `REV:path` for the folder at a
    ///     path from the repository's root, in place of the one at `path`.
    ///   - path: a folder within a working tree, which need not be in the commit's reach otherwise; or a bare repository,
    ///     which stands for its root.
    ///   - source: the name to tell the files under.
    ///   - sizeLimit: a file above this many bytes is told without its content.
    /// - Throws: `unreachable` where there is no repository, `branchMissing` where it has no such revision,
    ///   `pathMissing` and `empty` as for a fetched source.
    package static func files(
        of revision: String,
        at path: String,
        source: String,
        sizeLimit: Int = 1 << 20
    ) async throws(SourceFailure) -> SourceUpdate {
        try await onThread(path) { () throws(SourceFailure) in
            try Libgit2.startOrFail()
            let repository = try open(path)
            let (revision, named) = split(revision)
            let tip = try resolve(revision, in: repository, path)
            let folder = if let named { named } else { try folder(path, in: repository) }
            let reader = CommitReader(
                repository: repository,
                source: source,
                path: folder,
                sizeLimit: sizeLimit,
                attempt: nil
            )
            do throws(CommitReader.Failure) {
                return try reader.update(to: tip, since: .nothing)
            } catch {
                switch error {
                case .told(let failure): throw failure
                case .unreadable(let reason): throw .unreachable(path, reason)
                }
            }
        }
    }

    private static func onThread(
        _ path: String,
        _ body: @escaping @Sendable () throws(SourceFailure) -> SourceUpdate
    ) async throws(SourceFailure) -> SourceUpdate {
        let answer = await GitThread.value("git local") { () -> Result<SourceUpdate, SourceFailure> in
            do throws(SourceFailure) { return .success(try body()) } catch { return .failure(error) }
        }
        guard let answer else { throw .noThread(path) }
        return try answer.get()
    }

    /// One hash over all paths and blobs, so that two equal folders have the same one.
    private static func digest(of files: [SourceUpdate.File]) throws(SourceFailure) -> String {
        let list = files.map { "\($0.blob) \($0.path)\n" }.joined()
        do throws(GitError) {
            return try ObjectStore.name(ofFile: Array(list.utf8)).hex
        } catch {
            throw .library(error)
        }
    }

    // MARK: - A revision of a local repository

    private static func open(_ path: String) throws(SourceFailure) -> Repository {
        do throws(GitError) {
            return try Repository(around: path)
        } catch {
            throw SourceFailure(
                kind: .unreachable,
                message: "\(path) is in no git repository that can be read: \(error.message)",
                hint: "run this in a clone of the repository, or name a folder in one"
            )
        }
    }

    /// Takes `REV:path` apart, at the first colon that does not belong to the revision itself (`:/text`, `^{/a:b}`).
    private static func split(_ text: String) -> (revision: String, path: String?) {
        var braces = 0
        for index in text.indices {
            switch text[index] {
            case "{": braces += 1
            case "}": braces -= 1
            case ":" where braces == 0 && index != text.startIndex:
                return (String(text[..<index]), String(text[text.index(after: index)...]))
            default: continue
            }
        }
        return (text, nil)
    }

    private static func resolve(
        _ revision: String,
        in repository: Repository,
        _ path: String
    ) throws(SourceFailure) -> ObjectName {
        do throws(GitError) {
            return try repository.commit(named: revision)
        } catch {
            throw SourceFailure(
                kind: .branchMissing,
                message: "the repository around \(path) has no commit “\(revision)”: \(error.message)",
                hint: "give a branch, a tag or a hash that git rev-parse knows; it may have to be fetched first"
            )
        }
    }

    /// The folder from the root of the repository's working tree.
    private static func folder(_ path: String, in repository: Repository) throws(SourceFailure) -> String {
        guard let top = repository.workingTree else { return "." }
        guard let here = FolderWalk.absolute(path), let root = FolderWalk.absolute(top) else {
            throw FolderWalk.unreadable(path)
        }
        if here == root { return "." }
        let prefix = root.hasSuffix("/") ? root : root + "/"
        return here.hasPrefix(prefix) ? String(here.dropFirst(prefix.count)) : "."
    }
}

extension Repository {
    /// The commit that a text names, by the rules of `git rev-parse`.
    func commit(named text: String) throws(GitError) -> ObjectName {
        let object = try obtain("git_revparse_single") { git_revparse_single(&$0, raw, text) }
        defer { git_object_free(object) }
        let commit = try obtain("git_object_peel") { git_object_peel(&$0, object, GIT_OBJECT_COMMIT) }
        defer { git_object_free(commit) }
        return ObjectName(git_object_id(commit).pointee)
    }
}

extension Libgit2 {
    static func startOrFail() throws(SourceFailure) {
        do throws(GitError) { try start() } catch { throw .library(error) }
    }
}
