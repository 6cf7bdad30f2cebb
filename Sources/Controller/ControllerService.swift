package import Boundary
package import Domain
package import Logging
package import Scheduling

/// The controller: stands for election, leads for a term, and stands again when the term is over.
package final class ControllerService: ControllerHandle {
    private let settings: ControllerSettings
    private let scheduling: SchedulerSettings
    private let store: any StateStore
    private let transport: any MesosTransport
    private let readers: [SourceReader]
    private let sha256: SHA256
    private let clock: ShellClock
    private let logger: Logger
    private let box: SnapshotBox
    private let requests = RequestDesk()

    /// A controller; nothing happens before ``run()``.
    package init(
        settings: ControllerSettings,
        scheduling: SchedulerSettings,
        store: any StateStore,
        transport: any MesosTransport,
        readers: [SourceReader],
        sha256: @escaping SHA256,
        clock: ShellClock = .system(),
        logger: Logger
    ) {
        self.settings = settings
        self.scheduling = scheduling
        self.store = store
        self.transport = transport
        self.readers = readers
        self.sha256 = sha256
        self.clock = clock
        self.logger = logger
        self.box = SnapshotBox(
            Snapshot(
                name: settings.name,
                environment: settings.environment,
                leadership: .candidate("starting"),
                at: clock.now()
            )
        )
    }

    /// The newest snapshot.
    package var snapshot: Snapshot { box.snapshot }

    /// Hands a request to the loop and waits for the reply. A process that does not lead refuses.
    package func request(_ request: ControlRequest) async -> ControlReply { await requests.request(request) }

    /// Runs until cancelled.
    /// - Throws: where a person is needed: the store's layout is newer, its credentials are wrong, or Mesos has removed
    ///   the framework.
    package func run() async throws {
        var failures = 0
        while !Task.isCancelled {
            box.publish(.candidate("waiting to be elected"), at: clock.now())
            let session = try await store.lead { [self] report in tell(report) }
            let ending = await term(session)
            await session.resign()
            guard !ending.isFinal else { throw ControllerStopped(reason: ending.reason) }
            guard !Task.isCancelled else { return }
            box.publish(.candidate(ending.reason), at: clock.now())
            logger.warning("stopped leading; standing for election again", metadata: ["reason": "\(ending.reason)"])
            failures = ending.wasShort ? min(failures + 1, 6) : 0
            try await pause(failures)
        }
    }

    private func term(_ session: any LeaderSession) async -> Outcome {
        let began = clock.now()
        logger.info("leading", metadata: ["epoch": "\(session.epoch)"])
        box.publish(.candidate("elected; reading the state"), at: began)
        do {
            let image = try await session.load()
            let engine = Engine(
                settings: settings,
                scheduling: scheduling,
                epoch: session.epoch,
                image: image,
                sha256: sha256,
                now: clock.now()
            )
            box.publish(engine.snapshot(at: clock.now()))
            logger.info(
                "state read",
                metadata: ["apps": "\(image.apps.count)", "instances": "\(image.instances.count)"]
            )
            let term = Term(
                session: session,
                transport: transport,
                readers: readers,
                settings: settings,
                clock: clock,
                requests: requests,
                box: box,
                logger: logger
            )
            let ending = await term.run(engine)
            let wasShort = clock.now() - began < .minutes(1)
            return Outcome(reason: ending.reason, isFinal: ending.isFinal, wasShort: wasShort)
        } catch {
            return Outcome(reason: "the state could not be read: \(error)", isFinal: false, wasShort: true)
        }
    }

    private func tell(_ report: StoreReport) {
        switch report {
        case .unreachable(let reason):
            box.publish(.candidate(reason), at: clock.now())
            logger.warning("the store cannot be reached; trying again", metadata: ["reason": "\(reason)"])
        case .following(let leader):
            box.publish(.following(leader: leader), at: clock.now())
            logger.info("another controller leads; standing by", metadata: ["leader": "\(leader ?? "unknown")"])
        }
    }

    /// Waits longer with each short term, so that a state that cannot be read is not read in a tight loop.
    private func pause(_ failures: Int) async throws {
        guard failures > 0 else { return }
        let longest = Int64(250) << Int64(failures)
        try await Task.sleep(for: .milliseconds(clock.jitter((longest / 2)...longest).count))
    }

    private struct Outcome {
        var reason: String
        var isFinal: Bool
        var wasShort: Bool
    }
}

/// The controller stopped for good: a person is needed.
package struct ControllerStopped: Error, CustomStringConvertible {
    /// Why, and what to do.
    package let reason: String

    /// The reason.
    package var description: String { reason }
}
