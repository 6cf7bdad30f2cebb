import Boundary
import Domain
import Logging
import Scheduling

/// One term of leadership: the loop that owns the engine, from the load of the state to the loss of the lead.
///
/// The loop is the single writer. Others post messages; it takes all of them at its own pace, lets the engine decide one
/// turn, sends the turn's batch to the store and goes on with the next turn while the write is in flight. What depends on
/// a batch leaves when the store has acknowledged it, strictly in order.
final class Term: Sendable {
    /// What is posted to the loop.
    enum Message: Sendable {
        case input(Input)
        case committed(CommitOutcome)
        case ended(String)
    }

    /// Turns whose writes may be in flight at once; more arrivals wait and are decided together.
    static let turnsInFlight = 8
    /// Messages that one turn takes at the most.
    static let messagesPerTurn = 10_000

    private let session: any LeaderSession
    private let transport: any MesosTransport
    private let readers: [String: SourceReader]
    private let settings: ControllerSettings
    private let clock: ShellClock
    private let requests: RequestDesk
    private let box: SnapshotBox
    private let logger: Logger
    private let mailbox = Mailbox<Message>()

    init(
        session: any LeaderSession,
        transport: any MesosTransport,
        readers: [SourceReader],
        settings: ControllerSettings,
        clock: ShellClock,
        requests: RequestDesk,
        box: SnapshotBox,
        logger: Logger
    ) {
        self.session = session
        self.transport = transport
        self.readers = Dictionary(uniqueKeysWithValues: readers.map { ($0.name, $0) })
        self.settings = settings
        self.clock = clock
        self.requests = requests
        self.box = box
        self.logger = logger
    }

    /// Runs until leading ends, and says why. Nothing goes out to Mesos any more when this returns.
    func run(_ engine: Engine) async -> Turn.Ending {
        let watchers = SourceWatchers(readers: readers, settings: settings, clock: clock, box: box) { [mailbox] input in
            mailbox.post(.input(input))
        }
        let watch = Task { [session, mailbox] in
            mailbox.post(.ended(await session.ended()), urgent: true)
        }
        let alarm = Alarm { [mailbox] in mailbox.post(.input(.tick)) }
        requests.open { [mailbox] number, request in mailbox.post(.input(.request(number, request))) }
        let ending = await loop(engine, watchers: watchers, alarm: alarm)
        transport.close()
        requests.close("this controller stopped leading: \(ending.reason)")
        alarm.cancel()
        watchers.stop()
        watch.cancel()
        return ending
    }

    private func loop(_ start: Engine, watchers: SourceWatchers, alarm: Alarm) async -> Turn.Ending {
        var engine = start
        var outbox = Outbox()
        mailbox.post(.input(.tick))
        watchers.start()
        while !Task.isCancelled {
            let isOpen = outbox.inFlight < Term.turnsInFlight
            let messages = await mailbox.drain(ordinary: isOpen, limit: Term.messagesPerTurn)
            var inputs: [Input] = []
            for message in messages {
                switch message {
                case .input(let input): inputs.append(input)
                case .ended(let reason): return Turn.Ending(reason: reason, isFinal: false)
                case .committed(.failed(let reason)):
                    return Turn.Ending(reason: "a write to the store failed: \(reason)", isFinal: false)
                case .committed(.durable(let proof)):
                    let released = outbox.release(proof)
                    for call in released.calls { transport.send(call) }
                    for reply in released.replies { requests.answer(reply.request, reply.reply) }
                }
            }
            guard !inputs.isEmpty else { continue }
            let now = clock.now()
            let turn = engine.turn(inputs, at: now)
            carryOut(turn, outbox: &outbox, watchers: watchers)
            publish(engine, at: now)
            if let ending = turn.ending { return ending }
            alarm.set(engine.nextDeadline, now: now)
        }
        return Turn.Ending(reason: "the controller is shutting down", isFinal: false)
    }

    private func publish(_ engine: Engine, at now: Instant) {
        var snapshot = engine.snapshot(at: now)
        snapshot.written = session.written
        box.publish(snapshot)
    }

    private func carryOut(_ turn: Turn, outbox: inout Outbox, watchers: SourceWatchers) {
        for command in turn.connection { carryOut(command) }
        for call in turn.free { transport.send(ReleasedCall(call)) }
        for look in turn.looks { watchers.look(at: look.source, for: look.request) }
        for entry in turn.batch.journal { log(entry) }
        guard turn.needsCommit else { return }
        outbox.hold(turn)
        session.commit(CommitTicket(turn.batch)) { [mailbox] outcome in
            mailbox.post(.committed(outcome), urgent: true)
        }
    }

    private func carryOut(_ command: ConnectionCommand) {
        switch command {
        case .connect(let number, let framework, let wishes, let delay):
            transport.subscribe(number, as: framework, wishes, delay: delay) {
                [mailbox] number, event in
                mailbox.post(.input(.transport(number, event)))
            }
        case .disconnect(let reason):
            logger.info("closing the connection to Mesos", metadata: ["reason": "\(reason)"])
            transport.close()
        }
    }

    private func log(_ entry: JournalEntry) {
        var metadata: Logger.Metadata = [:]
        if let app = entry.app { metadata["app.id"] = "\(app)" }
        for (key, value) in entry.facts where !value.isEmpty { metadata[key] = "\(value)" }
        logger.log(level: entry.isWarning ? .warning : .info, "\(entry.type)", metadata: metadata)
    }
}
