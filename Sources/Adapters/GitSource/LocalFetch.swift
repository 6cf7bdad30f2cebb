internal import CGit2

/// A fetch of one branch from a repository on this machine.
///
/// libgit2's own transport for local paths would copy every branch and tag, and again with each fetch; this one packs
/// what the tracked branch has and the mirror lacks.
struct LocalFetch {
    struct Failure: Error {
        var error: GitError
        /// Whether it is the source that failed, not the mirror.
        var atSource: Bool
    }

    let path: String
    let branch: String
    let attempt: Attempt

    /// As ``NetworkFetch/run(into:)``.
    func run(into mirror: Mirror) throws(Failure) -> ObjectName? {
        let (source, tip) = try at(source: true) { () throws(GitError) in
            let source = try Repository(at: path)
            return (source, try source.target(of: Mirror.reference(of: branch)))
        }
        guard let tip else { return nil }
        let known = try at(source: false) { () throws(GitError) in try mirror.keptCommits() }
        guard !known.contains(tip) else { return tip }
        try at(source: true) { () throws(GitError) in
            try Packing(of: source, attempt: attempt).write(from: [tip], without: known, to: mirror.packFolder)
        }
        return tip
    }

    @discardableResult
    private func at<Value>(source: Bool, _ body: () throws(GitError) -> Value) throws(Failure) -> Value {
        do throws(GitError) {
            return try body()
        } catch {
            throw Failure(error: error, atSource: source)
        }
    }
}

/// Writes commits, and all that they hold, into one pack.
struct Packing: ~Copyable {
    private let raw: OpaquePointer
    private let repository: Repository
    private let attempt: Attempt

    init(of repository: Repository, attempt: Attempt) throws(GitError) {
        self.repository = repository
        self.attempt = attempt
        self.raw = try obtain("git_packbuilder_new") { git_packbuilder_new(&$0, repository.raw) }
    }

    deinit { git_packbuilder_free(raw) }

    /// Packs what `tips` reach and `known` do not.
    /// - Returns: the name of the pack's files without their extension.
    @discardableResult
    func write(from tips: [ObjectName], without known: [ObjectName], to folder: String) throws(GitError) -> String {
        let walk = try Walk(of: repository)
        for tip in tips { try walk.include(tip) }
        for commit in known { try walk.exclude(commit) }
        let payload = Unmanaged.passUnretained(attempt).toOpaque()
        try check("git_packbuilder_set_callbacks") {
            git_packbuilder_set_callbacks(raw, notePackingProgress, payload)
        }
        try check("git_packbuilder_insert_walk") { walk.insert(into: raw) }
        try check("git_packbuilder_write") {
            git_packbuilder_write(raw, folder, 0, noteIndexingProgress, payload)
        }
        return "pack-" + (git_packbuilder_name(raw).map { String(cString: $0) } ?? "")
    }
}

private struct Walk: ~Copyable {
    private let raw: OpaquePointer
    private let repository: Repository

    init(of repository: Repository) throws(GitError) {
        self.repository = repository
        self.raw = try obtain("git_revwalk_new") { git_revwalk_new(&$0, repository.raw) }
    }

    deinit { git_revwalk_free(raw) }

    func include(_ commit: ObjectName) throws(GitError) {
        try check("git_revwalk_push") { commit.withRaw { git_revwalk_push(raw, $0) } }
    }

    /// Leaves out what a commit reaches; one that this repository does not have (any more) leaves nothing out.
    func exclude(_ commit: ObjectName) throws(GitError) {
        guard try repository.commit(commit) != nil else { return }
        try check("git_revwalk_hide") { commit.withRaw { git_revwalk_hide(raw, $0) } }
    }

    func insert(into packing: OpaquePointer) -> Int32 { git_packbuilder_insert_walk(packing, raw) }
}

private func goOn(_ payload: UnsafeMutableRawPointer?) -> Int32 {
    guard let payload else { return GIT_EUSER.rawValue }
    let attempt = Unmanaged<Attempt>.fromOpaque(payload).takeUnretainedValue()
    return attempt.signOfLife() ? 0 : GIT_EUSER.rawValue
}

private func notePackingProgress(
    _ stage: Int32,
    _ current: UInt32,
    _ total: UInt32,
    _ payload: UnsafeMutableRawPointer?
) -> Int32 { goOn(payload) }

private func noteIndexingProgress(
    _ progress: UnsafePointer<git_indexer_progress>?,
    _ payload: UnsafeMutableRawPointer?
) -> Int32 { goOn(payload) }
