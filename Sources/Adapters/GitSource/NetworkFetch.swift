internal import CGit2

/// A fetch of one branch over http or ssh.
struct NetworkFetch {
    /// Where a fetch can fail, which tells what a failure means.
    enum Stage { case connecting, downloading }

    /// A failed fetch, with what the callbacks know about it.
    struct Failure: Error {
        var stage: Stage
        var error: GitError
        var loginProblem: FetchContext.LoginProblem?
        var hostProblem: HostKeyPolicy.Problem?
        /// Whether credentials were handed over before it failed.
        var triedToLogIn: Bool
    }

    let context: FetchContext
    let branch: String

    /// Brings what the branch holds into the mirror and names its newest commit; `nil` where there is no such branch.
    /// The mirror's references stay as they are.
    func run(into mirror: Mirror) throws(Failure) -> ObjectName? {
        let remote = try stage(.connecting) { () throws(GitError) in
            try Remote(url: context.address.url, in: mirror.repository)
        }
        let tip = try stage(.connecting) { () throws(GitError) in
            try remote.connect(context)
            return try remote.head(branch)
        }
        guard let tip else { return nil }
        try stage(.downloading) { () throws(GitError) in
            guard try mirror.tip() != tip else { return }
            try remote.download(branch, context)
        }
        return tip
    }

    private func stage<Value: ~Copyable>(
        _ stage: Stage,
        _ body: () throws(GitError) -> Value
    ) throws(Failure) -> Value {
        do throws(GitError) {
            return try body()
        } catch {
            throw Failure(
                stage: stage,
                error: error,
                loginProblem: context.loginProblem,
                hostProblem: context.hostProblem,
                triedToLogIn: context.tries > 0
            )
        }
    }
}

/// The other side of a fetch.
private struct Remote: ~Copyable {
    private let raw: OpaquePointer
    private let repository: Repository

    init(url: String, in repository: Repository) throws(GitError) {
        self.repository = repository
        self.raw = try obtain("git_remote_create_anonymous") { git_remote_create_anonymous(&$0, repository.raw, url) }
    }

    deinit { git_remote_free(raw) }

    func connect(_ context: FetchContext) throws(GitError) {
        var options = git_remote_connect_options()
        try check("git_remote_connect_options_init") {
            git_remote_connect_options_init(&options, UInt32(GIT_REMOTE_CONNECT_OPTIONS_VERSION))
        }
        context.install(in: &options.callbacks)
        options.proxy_opts.type = GIT_PROXY_AUTO
        try check("git_remote_connect_ext") { git_remote_connect_ext(raw, GIT_DIRECTION_FETCH, &options) }
    }

    /// What the branch points to there.
    func head(_ branch: String) throws(GitError) -> ObjectName? {
        var heads: UnsafeMutablePointer<UnsafePointer<git_remote_head>?>?
        var count = 0
        try check("git_remote_ls") { git_remote_ls(&heads, &count, raw) }
        let name = Mirror.reference(of: branch)
        for head in UnsafeBufferPointer(start: heads, count: count) {
            guard let head, String(cString: head.pointee.name) == name else { continue }
            return ObjectName(head.pointee.oid)
        }
        return nil
    }

    func download(_ branch: String, _ context: FetchContext) throws(GitError) {
        var options = git_fetch_options()
        try check("git_fetch_options_init") {
            git_fetch_options_init(&options, UInt32(GIT_FETCH_OPTIONS_VERSION))
        }
        context.install(in: &options.callbacks)
        options.proxy_opts.type = GIT_PROXY_AUTO
        options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE
        let reference = Mirror.reference(of: branch)
        try check("git_remote_download") {
            "+\(reference):\(reference)".withCString { text in
                var specification: UnsafeMutablePointer<CChar>? = UnsafeMutablePointer(mutating: text)
                return withUnsafeMutablePointer(to: &specification) { start in
                    var list = git_strarray(strings: start, count: 1)
                    return git_remote_download(raw, &list, &options)
                }
            }
        }
    }
}
