import Boundary
import Controller
import Domain
import Scheduling
import SeededRandom

extension World {
    mutating func start(_ process: Int) {
        guard processes[process].state == .down else { return }
        processes[process].state = .candidate
        store.stand(process)
        note("process \(process) stands for election")
        agenda.add(.elect, at: now + delay(5...50))
    }

    mutating func elect() {
        guard let (process, epoch) = store.elect() else { return }
        guard processes[process].state == .candidate else {
            store.expire(process)
            agenda.add(.elect, at: now)
            return
        }
        processes[process].state = .loading
        note("process \(process) is elected for epoch \(epoch)")
        agenda.add(.loaded(process, life: processes[process].life, epoch: epoch), at: now + delay(10...200))
    }

    mutating func load(_ process: Int, life: Int, epoch: Int64) {
        guard processes[process].life == life, processes[process].state == .loading else { return }
        guard store.leader == process, store.epoch == epoch else {
            stepDown(process, because: "it was overtaken while it read the state")
            return
        }
        processes[process].engine = Engine(
            settings: shape.settings,
            scheduling: shape.scheduling,
            epoch: epoch,
            image: store.image,
            sha256: fakeSHA256,
            now: now
        )
        processes[process].outbox = Outbox()
        processes[process].epoch = epoch
        processes[process].state = .leading
        deliver(.tick, to: process, life: life)
        for index in gits.indices {
            agenda.add(.look(process, life: life, at: index, answering: 0), at: now + delay(5...100))
        }
    }

    /// Leaves something in a process's mailbox, and has it take a turn soon.
    mutating func deliver(_ input: Input, to process: Int, life: Int) {
        guard processes[process].life == life, processes[process].isLeading else { return }
        processes[process].mailbox.append(input)
        scheduleTurn(process)
    }

    mutating func scheduleTurn(_ process: Int) {
        guard !processes[process].isTurnDue, !processes[process].mailbox.isEmpty else { return }
        guard processes[process].outbox.inFlight < 8 else { return }
        processes[process].isTurnDue = true
        agenda.add(.turn(process, life: processes[process].life), at: now + Milliseconds(1))
    }

    mutating func takeTurn(_ process: Int, life: Int) {
        guard processes[process].life == life, var engine = processes[process].engine else { return }
        processes[process].isTurnDue = false
        let inputs = processes[process].mailbox
        processes[process].mailbox = []
        turns += 1
        // A world takes some thousand turns at the most; an engine that wakes itself for nothing takes any number.
        if turns > 20_000 { violations.append("the engine does not come to rest: \(turns) turns") }
        processes[process].engine = nil
        let turn = engine.turn(inputs, at: now)
        let deadline = engine.nextDeadline
        processes[process].engine = engine
        checkStatuses(of: engine)
        checkExpiry(in: engine, wokenAt: deadline)
        let summary = summary(of: turn)
        note("process \(process) turn \(turn.batch.number): \(summary)")
        carryOut(turn, of: process)
        guard processes[process].life == life else { return }
        if let ending = turn.ending {
            stepDown(process, because: ending.reason)
            return
        }
        setAlarm(process, deadline)
    }

    private mutating func setAlarm(_ process: Int, _ deadline: Instant?) {
        guard let deadline else { return }
        let moment = max(deadline, now + Milliseconds(1))
        if let alarm = processes[process].alarm, alarm <= moment { return }
        processes[process].alarm = moment
        agenda.add(.alarm(process, life: processes[process].life), at: moment)
    }

    /// Carries a turn's effects out one by one; around each of them the process may die.
    private mutating func carryOut(_ turn: Turn, of process: Int) {
        let life = processes[process].life
        for command in turn.connection {
            guard survives(.beforeConnection, process, life) else { return }
            carryOut(command, of: process)
            guard survives(.afterConnection, process, life) else { return }
        }
        for call in turn.free {
            guard survives(.beforeFreeCall, process, life) else { return }
            send(ReleasedCall(call).call, from: process)
            guard survives(.afterFreeCall, process, life) else { return }
        }
        for look in turn.looks {
            guard let index = gits.firstIndex(where: { $0.source == look.source }) else { continue }
            agenda.add(.look(process, life: life, at: index, answering: look.request), at: now + delay(5...100))
        }
        guard turn.needsCommit, survives(.beforeCommit, process, life) else { return }
        processes[process].outbox.hold(turn)
        send(turn.batch, from: process)
        _ = survives(.afterCommitSent, process, life)
    }

    mutating func finishCommit(_ process: Int, life: Int, _ outcome: CommitOutcome) {
        guard processes[process].life == life, processes[process].isLeading else { return }
        switch outcome {
        case .failed(let reason): stepDown(process, because: "a write failed: \(reason)")
        case .durable(let proof):
            guard survives(.afterCommit, process, life) else { return }
            let released = processes[process].outbox.release(proof)
            for call in released.calls {
                let (before, after) = CrashPoint.around(call.call)
                guard survives(before, process, life) else { return }
                send(call.call, from: process)
                guard survives(after, process, life) else { return }
            }
            for reply in released.replies {
                guard survives(.beforeReply, process, life) else { return }
                hear(reply, from: process)
                guard survives(.afterReply, process, life) else { return }
            }
            scheduleTurn(process)
        }
    }

    /// A process dies. The master notices soon; the store when the session runs out. What it sent last may die with it.
    mutating func crash(_ process: Int) {
        count("controller killed")
        calmSince = nil
        if random.oneIn(2) {
            severed[Life(process: process, number: processes[process].life)] = now + delay(0...12)
            if let stream = processes[process].stream { streams[stream]?.isSilent = true }
        }
        if !processes[process].asked.isEmpty { orders["an order lost with its leader", default: 0] += 1 }
        if let stream = processes[process].stream { agenda.add(.hangUp(stream: stream), at: now + delay(0...2000)) }
        reset(process, to: .down)
        agenda.add(.expire(process), at: now + .seconds(10))
        agenda.add(.start(process), at: now + .seconds(10) + delay(1...8000))
    }

    /// A process gives leading up, and stands for election again with a new session.
    mutating func stepDown(_ process: Int, because reason: String) {
        note("process \(process) steps down: \(reason)")
        calmSince = nil
        if let stream = processes[process].stream { agenda.add(.hangUp(stream: stream), at: now) }
        store.expire(process)
        reset(process, to: .down)
        agenda.add(.elect, at: now + delay(5...50))
        agenda.add(.start(process), at: now + delay(100...2000))
    }

    private mutating func reset(_ process: Int, to state: SimulatedProcess.State) {
        if let stream = processes[process].stream { streams[stream]?.isClosed = true }
        let life = processes[process].life
        // What it sent while it could not reach the store does not get there because it dies.
        if processes[process].isCutOff { severed[Life(process: process, number: life)] = now }
        processes[process] = SimulatedProcess()
        processes[process].life = life + 1
        processes[process].state = state
    }

    /// The store gives a process's session up. The process may learn of it only later.
    mutating func expire(_ process: Int) {
        store.expire(process)
        agenda.add(.elect, at: now + delay(5...50))
        let life = processes[process].life
        agenda.add(.stepDown(process, life: life), at: now + delay(1...6000))
        if processes[process].state == .candidate { store.stand(process) }
    }

    private func summary(of turn: Turn) -> String {
        var parts: [String] = []
        let writes = turn.batch.writes.keys.sorted().map { "\($0)" }
        if !writes.isEmpty { parts.append("writes \(writes.count)") }
        parts += turn.batch.journal.map { "\($0.type) \($0.app?.path ?? "") \($0.facts["task"] ?? "")" }
        parts += turn.free.map(World.summary)
        parts += turn.gated.map(World.summary)
        parts += turn.connection.map { "\($0)" }
        return parts.joined(separator: "; ")
    }

    private static func summary(of call: FreeCall) -> String {
        switch call {
        case .decline(let offers, let refuse): "decline \(offers) for \(refuse.count) ms"
        case .revive(let roles): "revive \(roles)"
        case .suppress(let roles): "suppress \(roles)"
        case .updateFramework(let wishes): "roles \(wishes.roles), suppressed \(wishes.suppressed)"
        case .reconcile(let questions): "reconcile \(questions.map(\.task))"
        case .acceptInverseOffers(let offers, _): "accept to leave \(offers)"
        }
    }

    private static func summary(of call: GatedCall) -> String {
        switch call {
        case .accept(let offers, let operations, _): "then accept \(offers) for \(operations.map(summary))"
        case .kill(let task, let agent): "then kill \(task) on \(agent?.rawValue ?? "any agent")"
        case .acknowledge(let task, _, let uuid): "then acknowledge \(task) \(uuid.prefix(2))"
        }
    }

    private static func summary(of operation: OfferOperation) -> String {
        switch operation {
        case .reserve(let resources): "reserve \(resources.count)"
        case .create(let volumes): "create \(volumes.compactMap { $0.disk?.volume?.id })"
        case .destroy(let volumes): "destroy \(volumes.compactMap { $0.disk?.volume?.id })"
        case .unreserve(let resources): "unreserve \(resources.count)"
        case .launch(let tasks): "launch \(tasks.map(\.id))"
        case .launchGroup(_, let tasks): "launch together \(tasks.map(\.id))"
        }
    }
}
