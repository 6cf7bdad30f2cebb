import Domain
import Testing

@testable import Scheduling

/// What must hold whatever happens, in worlds that live by chance. A failure names its seed, which replays it.
@Suite struct RandomWorldTests {
    @Test(arguments: UInt64(0)..<40)
    func `offers are answered once, tasks are recorded first and named once, resources and ports are never given twice`(
        seed: UInt64
    ) {
        var world = RandomWorld(seed: seed)
        for _ in 0..<500 {
            world.step()
            world.checkTasks()
        }
        world.settle()
        #expect(world.counts["launched", default: 0] > 0)
    }

    @Test func `everything that can go wrong does`() {
        var counts: [String: Int] = [:]
        for seed in UInt64(100)..<150 {
            var world = RandomWorld(seed: seed)
            for _ in 0..<500 { world.step() }
            counts.merge(world.counts) { $0 + $1 }
        }
        let kinds = [
            "accepted", "declined", "rescinded", "launched", "killed", "reconciled", "moved", "repeated", "closed",
            "crashed", "cut off", "returned", "stale call", "invalid offers", "acknowledged again", "silence",
            "taken back", "maintenance", "marked", "group launched", "group broken", "group left alone",
            "group taken back", "reserved", "released", "relaunched", "forsaken", "ordered again", "leftover",
            "leftover released", "update taken", "update refused", "role dropped", "plain", "constrained", "filtered",
        ]
        for kind in kinds { #expect(counts[kind, default: 0] > 0, "\(kind) never happened: \(counts)") }
    }

    @Test func `two runs of one seed are the same`() {
        var first = RandomWorld(seed: 5)
        var second = RandomWorld(seed: 5)
        for _ in 0..<400 {
            first.step()
            second.step()
        }
        #expect(first.stored == second.stored)
        #expect(first.counts == second.counts)
        #expect(first.owners == second.owners)
    }
}

extension RandomWorld {
    mutating func step() {
        now = now + Milliseconds(Int64(random.number(0...800)))
        switch random.number(0...32) {
        case 0...3: order()
        case 4...7: offerAll()
        case 8...10: for _ in 0..<random.number(1...3) { acknowledgeCommit() }
        case 11...15: for _ in 0..<random.number(1...4) { deliverCall() }
        case 16...21: moveTask()
        case 22: if random.once(in: 2) { rescindSome() }
        case 23: if random.once(in: 5) { close() }
        case 24: if random.once(in: 6) { crash() }
        case 25: if isConnected { handle(.mesos(.heartbeat)) }
        case 26: if random.once(in: 3) { cutOff() } else { comeBack() }
        case 27: if random.once(in: 2) { planMaintenance() }
        default: subscribeIfNeeded()
        }
        if !random.once(in: 4) { handle(.tick) }
        checkDeadline()
    }

    /// The machine never asks to be woken at once for ever.
    private mutating func checkDeadline() {
        handle(.tick)
        guard let deadline = scheduler.nextDeadline else { return }
        #expect(deadline > now, "a tick leaves a deadline in the past: \(deadline) at \(now)")
    }

    private mutating func order() {
        guard let spec = random.pick(specs) else { return }
        let instances = scheduler.instances(of: spec.id)
        guard instances.count(where: { $0.goal == .running }) < 5, !random.once(in: 4) else {
            guard let victim = random.pick(instances) else { return }
            if victim.reservation != nil, victim.goal == .running, random.once(in: 2) {
                count("ordered again")
                return handle(.order(.relaunch(victim.id, spec.digest)))
            }
            return handle(.order(.stop(victim.id)))
        }
        nextNumber[spec.id, default: 0] += 1
        handle(.order(.start(makeInstance(spec, nextNumber[spec.id, default: 0]), spec.digest)))
    }

    private mutating func subscribeIfNeeded() {
        guard !isConnected, scheduler.connection.isAsked else { return }
        session += 1
        isConnected = true
        updatesUnderWay = 0
        for id in open.keys.sorted() { voidOffer(id) }
        told = scheduler.connection.asked
        handle(.connection(.opened))
        guard isObliging || told.roles.count < 2 || !random.once(in: 4) else {
            count("plain")
            return handle(.mesos(.error("a role is not allowed")))
        }
        let master = MasterFacts(version: "1.11.0", region: random.once(in: 2) ? "north" : nil)
        handle(.mesos(.subscribed(framework ?? FrameworkID("F"), heartbeat: .seconds(15), master: master)))
        // The agents send again what was not acknowledged, in order.
        for (_, status) in unacknowledged.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            handle(.mesos(.update(status)))
        }
    }

    private mutating func voidOffer(_ id: OfferID) {
        guard let offer = open.removeValue(forKey: id) else { return }
        free[offer.agent].add(offer.resources)
    }

    private mutating func close() {
        guard isConnected else { return }
        count("closed")
        isConnected = false
        deliveredOffers.removeAll()
        handle(.connection(.closed("by chance")))
    }

    /// The leader dies with what it had not written; another one goes on from the store.
    private mutating func crash() {
        count("crashed")
        for _ in 0..<random.number(0...commits.count) { acknowledgeCommit() }
        commits.removeAll()
        for _ in 0..<random.number(0...calls.count) { if random.once(in: 2) { deliverCall() } }
        calls.removeAll()
        commits.removeAll()
        isConnected = false
        deliveredOffers.removeAll()
        let kept = Set(stored.values.compactMap(\.task).flatMap(\.taskIDs))
        for task in live.keys where live[task]?.wasGivenUp == true && !kept.contains(task) { giveUp(task) }
        epoch += 1
        scheduler = Scheduler(
            epoch: epoch,
            settings: RandomWorld.settings,
            framework: framework,
            specs: Dictionary(uniqueKeysWithValues: specs.map { ($0.digest, $0) }),
            instances: stored.values.sorted { $0.id < $1.id },
            backoffs: storedBackoffs,
            now: now
        )
    }

    /// When chance rests, everything comes to where it is wanted: one task for each instance, none besides.
    mutating func settle() {
        isObliging = true
        comeBack()
        for spec in specs {
            for instance in scheduler.instances(of: spec.id).dropFirst(2) { handle(.order(.stop(instance.id))) }
        }
        for _ in 0..<4000 {
            now = now + Milliseconds(100)
            if !isConnected { subscribeIfNeededNow() }
            handle(.mesos(.heartbeat))
            offerAll()
            handle(.tick)
            while !commits.isEmpty { acknowledgeCommit() }
            while !calls.isEmpty { deliverCall() }
            comeBack()
            finishMoves()
            if isSettled { return }
        }
        let wanted = scheduler.allInstances.map { "\($0.id) \($0.goal) \($0.condition)" }
        Issue.record(
            "not at rest: \(wanted), live \(live.keys.sorted()), orphans \(scheduler.orphans), \(reservations)"
        )
    }

    private mutating func subscribeIfNeededNow() { while !isConnected { subscribeIfNeeded() } }

    private mutating func finishMoves() {
        for id in live.keys.sorted() {
            guard let task = live[id], task.isKilled || task.state != .running else { continue }
            moveOn(id, task)
        }
    }

    private mutating func moveOn(_ id: TaskID, _ task: LiveTask) {
        let next: TaskStatus.State = task.isKilled ? .killed : .running
        updateCount += 1
        let status = TaskStatus(task: id, state: next, agent: AgentID("S\(task.agent)"), uuid: uuid(updateCount))
        unacknowledged[uuid(updateCount)] = status
        if next == .killed {
            live[id] = nil
            free[task.agent].add(freed(task))
        } else {
            live[id]?.state = next
            noteData(of: id, task)
        }
        handle(.mesos(.update(status)))
    }

    private var isSettled: Bool {
        let instances = scheduler.allInstances
        let running = instances.filter { $0.condition == .running && $0.goal == .running }
        let tasks = Set(running.compactMap(\.task).flatMap(\.liveTaskIDs))
        return running.count == instances.count && tasks == Set(live.keys)
            && scheduler.orphans.isEmpty && unacknowledged.isEmpty && leaksNothing
    }

    /// What is reserved is what is recorded, each once.
    private var leaksNothing: Bool {
        let reserved = reservations.map(\.reservation)
        return Set(reserved).count == reserved.count
            && Set(reserved) == Set(scheduler.allInstances.compactMap { $0.reservation?.id })
    }
}
