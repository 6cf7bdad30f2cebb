internal import Boundary
internal import Domain

/// Tells what a commit holds below a source's path.
struct CommitReader: ~Copyable {
    /// Why a commit gives no update.
    enum Failure: Error {
        /// The commit is fine; what it holds is no source.
        case told(SourceFailure)
        /// Objects that must be there cannot be read.
        case unreadable(GitError)
    }

    let repository: Repository
    let source: String
    let path: String
    let sizeLimit: Int
    let attempt: Attempt?

    /// - Parameters:
    ///   - tip: the commit to tell.
    ///   - since: the commit that the caller knows; where it is `nil` or not in the repository, all files are told.
    func update(to tip: ObjectName, since: Since) throws(Failure) -> SourceUpdate {
        guard let folderPath = FolderPath(path) else {
            throw .told(.pathClimbs(path))
        }
        return try git { () throws(GitError) in
            guard let commit = try repository.commit(tip) else {
                throw GitError(call: "git_commit_lookup", code: -3, category: 0, message: "\(tip.hex) is missing")
            }
            return try read(commit, at: folderPath, since: since)
        }
        .get()
    }

    /// From which commit a caller asks.
    enum Since {
        case nothing
        /// A revision that is no commit's name, or is not in the repository.
        case unknown
        case commit(ObjectName)
    }

    private func git<Value>(_ body: () throws(GitError) -> Value) throws(Failure) -> Value {
        do throws(GitError) { return try body() } catch { throw .unreadable(error) }
    }

    private func read(
        _ commit: borrowing Commit,
        at folderPath: FolderPath,
        since: Since
    ) throws(GitError) -> Result<SourceUpdate, Failure> {
        let reader = try TreeReader(repository, sizeLimit: sizeLimit, attempt: attempt)
        switch try reader.place(folderPath, in: try commit.root()) {
        case .missing: return .failure(.told(.pathMissing(path, in: commit.name.hex)))
        case .file: return .failure(.told(.pathIsFile(path, in: commit.name.hex)))
        case .folder(let folder):
            guard try reader.holdsManifest(folder) else {
                return .failure(.told(.noManifests(path, in: commit.name.hex)))
            }
            let (files, descends) = try self.files(reader, commit, folder, folderPath, since)
            return .success(
                SourceUpdate(
                    source: source,
                    revision: Revision(commit.name.hex),
                    tree: folder.name.hex,
                    author: commit.author,
                    committed: Instant(milliseconds: commit.seconds * 1000),
                    subject: commit.subject,
                    descends: descends,
                    files: files
                )
            )
        }
    }

    private func files(
        _ reader: borrowing TreeReader,
        _ commit: borrowing Commit,
        _ folder: borrowing Tree,
        _ folderPath: FolderPath,
        _ since: Since
    ) throws(GitError) -> (SourceUpdate.Files, descends: Bool) {
        switch since {
        case .nothing: return (.all(try reader.files(in: folder)), true)
        case .unknown: return (.all(try reader.files(in: folder)), false)
        case .commit(let name):
            guard let before = try repository.commit(name) else { return (.all(try reader.files(in: folder)), false) }
            let descends = try repository.descends(commit.name, from: name)
            switch try reader.place(folderPath, in: try before.root()) {
            case .file:
                return (.changed(try reader.files(in: folder), removed: []), descends)
            case .missing:
                return (.changed(try reader.files(in: folder), removed: []), descends)
            case .folder(let old):
                let (changed, removed) = try reader.difference(from: old, to: folder)
                return (.changed(changed, removed: removed), descends)
            }
        }
    }
}
