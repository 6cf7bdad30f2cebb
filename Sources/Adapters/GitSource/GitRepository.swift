package import Boundary
package import Domain
package import Logging
internal import Synchronization

/// One source's git repository, kept as a bare mirror on disk and read by libgit2.
///
/// Looks at it run one after the other, each on a thread of its own. One that hangs in the network is given up after the
/// configured silence; the next one gets a new thread. At most ``mostAbandoned`` may hang at a time.
package final class GitRepository: SourceRepository {
    /// How many given-up threads may still hang before no new one is started.
    package static let mostAbandoned = 3

    private let configuration: GitSourceConfiguration
    private let address: Result<RemoteAddress, RemoteAddress.Malformed>
    private let logger: Logger
    private let turn = Turnstile()
    private let state = Mutex(State())

    private struct State {
        var abandoned = 0
        var leftoversRemoved = false
    }

    /// A repository; nothing is looked at yet.
    /// - Parameter logger: gets a line where a mirror is made anew, packed or a thread given up.
    package init(_ configuration: GitSourceConfiguration, logger: Logger) {
        self.configuration = configuration
        var logger = logger
        logger[metadataKey: "source.name"] = "\(configuration.name)"
        self.logger = logger
        do throws(RemoteAddress.Malformed) {
            address = .success(try RemoteAddress(configuration.url))
        } catch {
            address = .failure(error)
        }
    }

    /// How many given-up threads still hang in the network.
    package var abandonedThreads: Int { state.withLock { $0.abandoned } }

    /// Fetches the tracked branch and tells what differs from `since` below the source's path.
    /// - Throws: ``SourceFailure``; see its kinds. Cancelling the task gives the look up and throws `timeout`.
    package func update(since: Revision?) async throws(SourceFailure) -> SourceUpdate? {
        let address: RemoteAddress
        do throws(RemoteAddress.Malformed) {
            address = try self.address.get()
        } catch {
            throw .malformedURL(configuration.name, error.reason)
        }
        await turn.enter()
        defer { turn.leave() }
        let abandoned = abandonedThreads
        guard abandoned < Self.mostAbandoned else { throw .tooManyHang(address.url, count: abandoned) }
        return try await look(at: address, since: since).get()
    }

    /// Whether one commit is another or descends from it, by what is in the mirror; nothing is fetched.
    /// - Throws: `mirror` where the mirror cannot be read.
    package func descends(_ revision: Revision, from ancestor: Revision) async throws(SourceFailure) -> Bool {
        guard revision != ancestor else { return true }
        await turn.enter()
        defer { turn.leave() }
        let folder = configuration.mirror
        let answer = await GitThread.value("git \(configuration.name)") { () -> Result<Bool, SourceFailure> in
            do throws(GitError) {
                try Libgit2.start()
                return .success(try Self.descends(revision, from: ancestor, in: try Repository(bare: folder)))
            } catch {
                return .failure(.mirror(folder, error.message))
            }
        }
        guard let answer else { throw .noThread(configuration.mirror) }
        return try answer.get()
    }

    private static func descends(
        _ revision: Revision,
        from ancestor: Revision,
        in mirror: Repository
    ) throws(GitError) -> Bool {
        guard let newer = ObjectName(hex: revision.rawValue), let older = ObjectName(hex: ancestor.rawValue),
            try mirror.commit(newer) != nil, try mirror.commit(older) != nil
        else { return false }
        return try mirror.descends(newer, from: older)
    }

    private func look(at address: RemoteAddress, since: Revision?) async -> Attempt.Answer {
        let attempt = Attempt { [self] in state.withLock { $0.abandoned += 1 } }
        let work = Look(
            configuration: configuration,
            address: address,
            since: since,
            attempt: attempt,
            logger: logger
        )
        let watch = Task(name: "git watch \(configuration.name)") { await self.watch(attempt, address.url) }
        defer { watch.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard attempt.wait(with: continuation) else { return }
                let started = GitThread.start("git \(configuration.name)") { self.carryOut(work) }
                if !started { _ = attempt.answer(.failure(.noThread(address.url))) }
            }
        } onCancel: {
            attempt.abandon(.cancelled(address.url))
        }
    }

    /// Runs on the thread of the look.
    private func carryOut(_ work: Look) {
        removeLeftovers(of: work)
        let someoneWaits = work.attempt.answer(work.answer())
        guard !someoneWaits else { return }
        state.withLock { $0.abandoned -= 1 }
        logger.info("A look that was given up came back", metadata: ["git.ms": "\(work.attempt.age.count)"])
    }

    /// What a process that was killed left beside the mirror; looked for once, before any look of ours makes something.
    private func removeLeftovers(of work: Look) {
        let first = state.withLock { state in
            defer { state.leftoversRemoved = true }
            return !state.leftoversRemoved
        }
        guard first else { return }
        do throws(MirrorFolder.Failure) {
            try work.folder.removeLeftovers()
        } catch {
            logger.info("What an earlier process left cannot be removed", metadata: ["git.error": "\(error.message)"])
        }
    }

    private func watch(_ attempt: Attempt, _ url: String) async {
        switch await attempt.overdue(silence: configuration.timeout, longest: configuration.longest) {
        case .silent(let quiet): attempt.abandon(.silent(url, for: quiet))
        case .tooLong(let time): attempt.abandon(.tooLong(url, time))
        case nil: return
        }
        logger.info("A look takes too long and is given up", metadata: ["git.ms": "\(attempt.age.count)"])
    }
}
