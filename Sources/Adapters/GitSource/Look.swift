internal import Boundary
internal import CGit2
internal import Domain
internal import Glibc
internal import Logging

/// One look at a repository, from the first byte to the last, on one thread: fetch, then read what is new.
struct Look: Sendable {
    let configuration: GitSourceConfiguration
    let address: RemoteAddress
    let since: Revision?
    let attempt: Attempt
    let logger: Logger

    /// Why a look at a mirror gave nothing.
    private enum Failure: Error {
        /// It is as it is; people are told.
        case told(SourceFailure)
        /// The mirror cannot be read: with a new one it can be tried again.
        case damaged(GitError)
    }

    func answer() -> Attempt.Answer {
        do throws(SourceFailure) { return .success(try update()) } catch { return .failure(error) }
    }

    var folder: MirrorFolder {
        MirrorFolder(path: configuration.mirror, url: address.url, branch: configuration.branch)
    }

    private func update() throws(SourceFailure) -> SourceUpdate? {
        try Libgit2.startOrFail()
        guard git_reference_name_is_valid(Mirror.reference(of: configuration.branch)) else {
            throw .malformedBranch(configuration.branch)
        }
        if try mirrorIsOurs() {
            do throws(Failure) {
                return try lookInMirror()
            } catch {
                switch error {
                case .told(let failure): throw failure
                case .damaged(let reason):
                    logger.info("The mirror is damaged and is made anew", metadata: ["git.error": "\(reason)"])
                }
            }
        }
        let tip = try makeMirror()
        do throws(Failure) {
            return try read(try openMirror(), to: tip)
        } catch {
            switch error {
            case .told(let failure): throw failure
            case .damaged(let reason): throw .mirror(configuration.mirror, "\(reason)")
            }
        }
    }

    private func mirrorIsOurs() throws(SourceFailure) -> Bool {
        switch try onDisk({ () throws(MirrorFolder.Failure) in try folder.condition() }) {
        case .ours: return true
        case .absent: return false
        case .foreign: throw .foreignFolder(configuration.mirror)
        case .another:
            logger.info("The mirror belongs to another repository or branch and is made anew")
            return false
        }
    }

    // MARK: - A mirror that is there

    private func openMirror() throws(Failure) -> Mirror {
        try local { () throws(GitError) in
            let mirror = Mirror(try Repository(bare: configuration.mirror), branch: configuration.branch)
            try mirror.verify()
            return mirror
        }
    }

    private func lookInMirror() throws(Failure) -> SourceUpdate? {
        let mirror = try openMirror()
        let tip = try fetch(into: mirror)
        guard !attempt.isAbandoned else { throw .told(.cancelled(address.url)) }
        try local { () throws(GitError) in
            try mirror.advance(to: tip, callerKnows: since.flatMap { ObjectName(hex: $0.rawValue) })
        }
        let update = try read(mirror, to: tip)
        packIfNeeded(mirror, idle: update == nil)
        return update
    }

    /// Packs when there is nothing else to do, and in any case before it gets out of hand.
    private func packIfNeeded(_ mirror: Mirror, idle: Bool) {
        let packs = mirror.packs().count
        guard packs > (idle ? configuration.packLimit : 2 * configuration.packLimit) else { return }
        do throws(GitError) {
            try mirror.packAnew(attempt)
            logger.debug("The mirror was packed anew", metadata: ["git.packs": "\(packs)"])
        } catch {
            // What was read stays right; a mirror that is really damaged is found by the next look.
            logger.info("The mirror could not be packed anew", metadata: ["git.error": "\(error)"])
        }
    }

    // MARK: - A new mirror

    /// Makes the mirror beside its place and moves it there once it is whole; until then the old one stays.
    private func makeMirror() throws(SourceFailure) -> ObjectName {
        let folder = self.folder
        let workplace = try onDisk { () throws(MirrorFolder.Failure) in try folder.workplace() }
        do throws(SourceFailure) {
            let tip = try fill(workplace)
            guard !attempt.isAbandoned else { throw .cancelled(address.url) }
            try onDisk { () throws(MirrorFolder.Failure) in try folder.replace(with: workplace) }
            return tip
        } catch {
            discard(workplace)
            throw error
        }
    }

    /// Removes a half-made mirror. Where that fails, the first look of the next process tries again.
    private func discard(_ workplace: String) {
        guard access(workplace, F_OK) == 0 else { return }
        do throws(MirrorFolder.Failure) {
            try folder.remove(workplace)
        } catch {
            logger.info("A half-made mirror cannot be removed", metadata: ["git.error": "\(error.message)"])
        }
    }

    private func fill(_ workplace: String) throws(SourceFailure) -> ObjectName {
        do throws(Failure) {
            let mirror = try local { () throws(GitError) in
                Mirror(try Repository.create(bare: workplace), branch: configuration.branch)
            }
            let tip = try fetch(into: mirror)
            try local { () throws(GitError) in try mirror.advance(to: tip, callerKnows: nil) }
            return tip
        } catch {
            switch error {
            case .told(let failure): throw failure
            case .damaged(let reason): throw .mirror(workplace, "\(reason)")
            }
        }
    }

    private func onDisk<Value>(_ body: () throws(MirrorFolder.Failure) -> Value) throws(SourceFailure) -> Value {
        do throws(MirrorFolder.Failure) {
            return try body()
        } catch {
            throw .mirror(configuration.mirror, error.message)
        }
    }

    private func local<Value>(_ body: () throws(GitError) -> Value) throws(Failure) -> Value {
        do throws(GitError) { return try body() } catch { throw .damaged(error) }
    }

    // MARK: - Reading

    private func read(_ mirror: Mirror, to tip: ObjectName) throws(Failure) -> SourceUpdate? {
        guard since?.rawValue != tip.hex else { return nil }
        let reader = CommitReader(
            repository: mirror.repository,
            source: configuration.name,
            path: configuration.path,
            sizeLimit: configuration.fileSizeLimit,
            attempt: attempt
        )
        do throws(CommitReader.Failure) {
            return try reader.update(to: tip, since: CommitReader.Since(since))
        } catch {
            switch error {
            case .told(let failure): throw .told(failure)
            case .unreadable(let reason):
                // What we refuse ourselves is as it is, and another copy of it would be the same.
                throw reason.isAbout(GIT_EUSER) ? .told(.unreachable(address.url, reason)) : .damaged(reason)
            }
        }
    }
}

extension CommitReader.Since {
    init(_ revision: Revision?) {
        guard let revision else {
            self = .nothing
            return
        }
        self = ObjectName(hex: revision.rawValue).map(Self.commit) ?? .unknown
    }
}

// MARK: - Fetching

extension Look {
    /// Brings the branch's newest commit into the mirror; the mirror's references stay as they are.
    private func fetch(into mirror: Mirror) throws(Failure) -> ObjectName {
        let tip =
            switch address.transport {
            case .local(let path): try fetchLocally(from: path, into: mirror)
            case .http(let encrypted): try encrypted ? fetchEncrypted(into: mirror) : fetchOverNetwork(into: mirror)
            case .ssh: try fetchOverNetwork(into: mirror)
            }
        guard let tip else { throw .told(.branchMissing(configuration.branch, at: address.url)) }
        return tip
    }

    private func fetchEncrypted(into mirror: Mirror) throws(Failure) -> ObjectName? {
        let file = configuration.certificateFile
        do throws(Libgit2.TrustProblem) {
            try Libgit2.beginConnection(trusting: file)
        } catch {
            throw .told(.certificates(error, file: file ?? ""))
        }
        defer { Libgit2.endConnection() }
        return try fetchOverNetwork(into: mirror)
    }

    private func fetchLocally(from path: String, into mirror: Mirror) throws(Failure) -> ObjectName? {
        do throws(LocalFetch.Failure) {
            return try LocalFetch(path: path, branch: configuration.branch, attempt: attempt).run(into: mirror)
        } catch {
            guard error.atSource else { throw .damaged(error.error) }
            let cannotWrite = error.error.call == "git_packbuilder_write" && error.error.comesFrom(GIT_ERROR_OS)
            if cannotWrite { throw .told(.mirror(configuration.mirror, "\(error.error)")) }
            throw .told(.unreachable(address.url, error.error))
        }
    }

    private func fetchOverNetwork(into mirror: Mirror) throws(Failure) -> ObjectName? {
        let context = FetchContext(
            attempt: attempt,
            address: address,
            credentials: configuration.credentials,
            hostKeys: HostKeyPolicy(
                fingerprint: configuration.hostKeyFingerprint,
                knownHostsFile: configuration.knownHostsFile
            )
        )
        do throws(NetworkFetch.Failure) {
            return try NetworkFetch(context: context, branch: configuration.branch).run(into: mirror)
        } catch {
            throw judge(error)
        }
    }

    /// What a failed fetch means, by results and by what the callbacks saw; the library's texts mislead.
    private func judge(_ failure: NetworkFetch.Failure) -> Failure {
        if let problem = failure.hostProblem { return .told(.host(problem, at: address.url)) }
        if let problem = failure.loginProblem { return .told(.login(problem, at: address.url)) }
        let error = failure.error
        if error.isAbout(GIT_ECERTIFICATE) { return .told(.certificateRefused(address.url)) }
        if error.isAbout(GIT_EAUTH) { return .told(.login(.refused, at: address.url)) }
        switch failure.stage {
        case .connecting:
            let atLogin = failure.triedToLogIn && error.comesFrom(GIT_ERROR_SSH)
            return .told(atLogin ? .login(.refused, at: address.url) : .unreachable(address.url, error))
        case .downloading:
            let ofObjects = [
                GIT_ERROR_ODB, GIT_ERROR_OBJECT, GIT_ERROR_REFERENCE, GIT_ERROR_REPOSITORY, GIT_ERROR_TREE,
            ]
            if ofObjects.contains(where: error.comesFrom) { return .damaged(error) }
            let ofDisk = error.comesFrom(GIT_ERROR_OS) || error.comesFrom(GIT_ERROR_FILESYSTEM)
            if ofDisk { return .told(.mirror(configuration.mirror, error.message)) }
            return .told(.unreachable(address.url, error))
        }
    }
}

/// Whether git allows a reference of this name.
private func git_reference_name_is_valid(_ name: String) -> Bool {
    var valid: Int32 = 0
    return CGit2.git_reference_name_is_valid(&valid, name) == 0 && valid != 0
}
