import Boundary
import Controller
import Domain
import Rollout
import SeededRandom

/// What people do besides pushing.
extension World {
    /// Every kind of order that a run can have, as it is counted.
    package static let orderKinds =
        RolloutVerb.allCases.map { "\($0.rawValue) done" } + RolloutVerb.allCases.map { "\($0.rawValue) refused" }
        + ["on a deployment", "a plan let go", "an order lost with its leader"]
        + ["rollback to a digest", "rollback to a revision"]

    /// Somebody orders something.
    mutating func order() {
        guard now < chaosEnds + .minutes(1) else { return }
        agenda.add(.order, at: now + delay(2_000...18_000))
        guard let leader = store.leader, processes[leader].isLeading else { return }
        let verb = random.pick(RolloutVerb.allCases)
        guard let target = target(of: verb) else { return }
        persons += 1
        let isShort = !random.oneIn(6)
        let aim = verb == .rollback ? aim(of: target) : nil
        if let aim { aims["person \(persons)"] = aim }
        let order = RolloutOrder(
            verb,
            target,
            who: "person \(persons)",
            why: random.oneIn(3) ? "" : "because",
            duration: isShort ? delay(5_000...200_000) : nil,
            to: aim,
            instances: verb == .scale ? random.int(0...6) : nil
        )
        ask(.rollout(order), of: leader)
    }

    /// An app that the verb fits, mostly; else any.
    private mutating func target(of verb: RolloutVerb) -> RolloutOrder.Target? {
        let deployments = store.deployments.suffix(6).map(\.id)
        if random.oneIn(5), !deployments.isEmpty { return .deployment(random.pick(deployments)) }
        let records = store.records
        let fitting = records.filter { World.fits(verb, $0) }
        let choice = fitting.isEmpty || random.oneIn(4) ? records : fitting
        guard !choice.isEmpty else { return nil }
        return .apps([random.pick(choice).id])
    }

    /// Where a rollback is to lead, if a person says so: mostly somewhere the app was healthy, by the first characters of the
    /// digest or the commit.
    private mutating func aim(of target: RolloutOrder.Target) -> String? {
        guard case .apps(let apps) = target, !random.oneIn(3) else { return nil }
        let history = apps.compactMap { store.record(of: $0) }.flatMap { $0.history ?? [] }
        guard !history.isEmpty, !random.oneIn(8) else { return "feed" }
        let healthy = random.pick(history)
        return random.oneIn(2) ? String(healthy.digest.hex.prefix(random.pick([8, 64]))) : healthy.revision.rawValue
    }

    private static func fits(_ verb: RolloutVerb, _ record: AppRecord) -> Bool {
        let phase = record.rollout?.phase
        switch verb {
        case .pause, .abort: return phase.map { [.waiting, .canary, .rolling, .rollingBack].contains($0) } ?? false
        case .resume: return phase == .paused || record.pin != nil || record.suspension != nil || record.scale != nil
        case .rollback: return (record.history?.count ?? 0) > 1
        case .retry: return phase == .aborted || record.heldBack != nil || record.rollout?.lastFailure != nil
        case .restart: return record.rollout == nil && record.suspension == nil
        case .promote: return phase == .canary
        case .suspend: return record.suspension == nil
        case .scale: return record.suspension == nil && phase != .paused && phase != .aborted
        }
    }

    /// Hands a request to a process.
    mutating func ask(_ request: ControlRequest, of process: Int) {
        processes[process].requests += 1
        let number = processes[process].requests
        if case .rollout(let order) = request {
            note("ORDER \(order.who) at process \(process): \(order.verb) \(order.target)")
            if case .deployment = order.target { orders["on a deployment", default: 0] += 1 }
            processes[process].asked[number] = order
        }
        deliver(.request(number, request), to: process, life: processes[process].life)
    }

    /// A person reads a reply: what it says was done is in the store.
    mutating func hear(_ reply: Turn.Reply, from process: Int) {
        guard let order = processes[process].asked.removeValue(forKey: reply.request) else { return }
        guard case .ordered(let answers) = reply.reply else { return }
        for answer in answers {
            orders["\(order.verb.rawValue) \(answer.isDone ? "done" : "refused")", default: 0] += 1
            if answer.text.isEmpty { violations.append("\(order.who) is told nothing about \(answer.app)") }
            guard answer.isDone, !obeyed.contains("\(order.who) \(answer.app)") else { continue }
            violations.append("\(order.who) is told that \(answer.app) was done, and the store knows nothing of it")
        }
    }

    /// A person lets held plans go.
    mutating func confirm() {
        tend()
        for process in processes.indices {
            guard let engine = processes[process].engine else { continue }
            for git in gits {
                guard let held = engine.record(of: git.source)?.held else { continue }
                orders["a plan let go", default: 0] += 1
                note("a person confirms \(held.planHash.short) of \(git.source) at process \(process)")
                ask(.sync(source: git.source, confirm: held.planHash), of: process)
            }
        }
    }

    /// In a world that is tended, somebody does what the controller asks people to do, once nothing goes wrong any more.
    private mutating func tend() {
        guard shape.isTended, now > chaosEnds + .minutes(2) else { return }
        guard let leader = store.leader, processes[leader].isLeading else { return }
        for record in store.records {
            guard let verb = World.advice(for: record) ?? (record.scale == nil ? nil : .resume) else { continue }
            persons += 1
            ask(.rollout(RolloutOrder(verb, .apps([record.id]), who: "person \(persons)")), of: leader)
        }
    }

    /// What a person has to do before an app goes on; `nil` where nothing.
    static func advice(for record: AppRecord) -> RolloutVerb? {
        guard record.desired != nil else { return nil }
        if record.suspension != nil || record.pin != nil { return .resume }
        switch record.rollout?.phase {
        case .paused: return .resume
        case .aborted: return .retry
        case .canary where record.rollout?.reason.contains("promote") ?? false: return .promote
        case nil where record.heldBack != nil: return .retry
        default: return nil
        }
    }
}
