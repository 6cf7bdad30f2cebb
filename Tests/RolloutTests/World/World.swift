import Domain
import OrderedCollections
import Planning
import Testing

@testable import Rollout

/// A toy cluster around the machine: it keeps what a store would keep, carries out orders as a scheduler would, and lets
/// instances start, heal, fail and die in any order. Every order is checked against the bounds when it is carried out.
struct World {
    var random: SplitMix64
    var now = Instant(milliseconds: 1_000_000)
    var rollouts: Rollouts
    var git: OrderedDictionary<AppID, Spec> = [:]
    var records: [AppID: AppRecord] = [:]
    var specs: [Digest: Spec] = [:]
    var instances: [InstanceID: Instance] = [:]
    var notes: [RolloutNote] = []
    /// What came of the orders.
    var answers: [RolloutAnswer] = []
    /// What went wrong, in words; empty in a good run.
    var violations: [String] = []
    /// What happened, for the reader of a failure.
    var trace: [Trace] = []
    /// Apps of which something was started since the machine was last asked.
    private var started: Set<AppID> = []
    /// Apps that had a turn when the machine was last asked.
    var turns: Set<AppID> = []
    /// Budgets and brakes that small worlds run into.
    static var tightPolicy: RolloutPolicy {
        var policy = RolloutPolicy()
        policy.brake.lostTasks = 3
        policy.brake.wideDeployment = 4
        policy.brake.failedApps = 2
        policy.maxConcurrentApps = 2
        policy.maxConcurrentTasks = 4
        return policy
    }

    /// Whether an app follows git again, so that the next look plans anew.
    private var isReleased = false
    private var deployments = 0
    private var tasks = 0

    init(seed: UInt64, policy: RolloutPolicy = RolloutPolicy()) {
        random = SplitMix64(seed: seed)
        rollouts = Rollouts(records: [], specs: [:], instances: [], policy: policy)
    }

    /// The instances of an app, by number.
    func members(of app: AppID) -> [Instance] {
        instances.values.filter { $0.id.app == app }.sorted { $0.id < $1.id }
    }

    /// How many instances of the app are healthy under their own specs.
    func healthy(_ app: AppID) -> Int {
        members(of: app).count { instance in
            guard let spec = specs[instance.digest] else { return false }
            return instance.goal == .running && instance.isHealthy(under: spec.app)
        }
    }

    /// How many instances of the app take room: wanted ones, and tasks on their way out unless the cluster lost them.
    func existing(_ app: AppID) -> Int {
        members(of: app).count { $0.goal == .running || ($0.condition.hasTask && $0.condition != .unreachable) }
    }

    /// Whether the app is where git wants it, with nothing left over.
    func isSettled(_ id: AppID, _ spec: Spec) -> Bool {
        let members = members(of: id)
        return records[id]?.desired == spec.digest && records[id]?.rollout == nil
            && members.count == spec.app.instances
            && members.allSatisfy { $0.digest == spec.digest && $0.goal == .running && $0.isHealthy(under: spec.app) }
    }
}

// MARK: - Commits and turns

extension World {
    /// What git says, in the shape that planning takes it.
    var desiredState: DesiredState {
        var state = DesiredState(
            source: "shop",
            group: .root,
            revision: Revision("r\(deployments)"),
            tree: "tree"
        )
        for (id, spec) in git.sorted(by: { $0.key < $1.key }) {
            state.apps[id] = DesiredState.Declaration(spec: spec, file: "apps.yaml")
        }
        return state
    }

    /// What the machine takes for actual.
    var actualState: ActualState {
        var state = ActualState(apps: [:], specs: specs)
        for record in rollouts.records {
            state.apps[record.id] = ActualState.App(
                record: record,
                spec: record.desired.flatMap { specs[$0] },
                instances: members(of: record.id)
            )
        }
        return state
    }

    /// The plan from what there is to what git says.
    var plan: Plan {
        Planner(policy: Planner.Policy(), sha256: testDigest).plan(desired: desiredState, actual: actualState)
    }

    /// Plans and deploys what git says now. The machine takes a first turn, which may be cut short by a crash.
    mutating func sync(crashAfter limit: Int? = nil) {
        deployments += 1
        let plan = plan
        guard !plan.changes.isEmpty else { return turn(crashAfter: limit) }
        for change in plan.changes { if let spec = change.desired { specs[spec.digest] = spec } }
        trace.append(.deploy(deployments, plan.changes))
        let id = DeploymentID("shop-\(deployments)")
        _ = rollouts.handle(.deploy(plan, id, desiredState.revision, source: "shop"), at: now)
        turn(crashAfter: limit)
    }

    /// One turn of the shell: tick, carry out, feed back, until nothing moves. With a limit the process dies after that
    /// many effects reached the store, and a new leader takes over.
    mutating func turn(crashAfter limit: Int? = nil) {
        for _ in 0..<50 {
            let effects = rollouts.handle(.tick, at: now)
            checkTurns(effects)
            guard !effects.isEmpty else {
                guard isReleased else { return }
                isReleased = false
                return sync()
            }
            var touched: Set<AppID> = []
            started = []
            for effect in effects.prefix(limit ?? effects.count) {
                if let id = carryOut(effect) { touched.insert(id) }
            }
            guard limit == nil else { return crash() }
            for id in touched.sorted() { _ = rollouts.handle(.instances(id, members(of: id)), at: now) }
        }
        violations.append("the machine does not come to rest")
    }

    /// The process dies; a new leader starts from what the store holds, and looks at git again.
    mutating func crash() {
        trace.append(.crash)
        rollouts = Rollouts(
            records: Array(records.values),
            specs: specs,
            instances: Array(instances.values),
            policy: rollouts.policy
        )
        turns = Set(rollouts.records.filter(World.hasTurn).map(\.id))
        sync()
    }

    /// Somebody orders something, and the machine takes a turn.
    mutating func order(
        _ verb: RolloutVerb,
        _ app: AppID,
        duration: Milliseconds? = nil,
        instances: Int? = nil,
        crashAfter limit: Int? = nil
    ) {
        deployments += 1
        let order = Order(who: "anna", why: "", at: now, until: duration.map { now + $0 })
        let command = RolloutCommand(
            app: app,
            verb: verb,
            order: order,
            instances: instances,
            deployment: DeploymentID("shop-\(deployments)")
        )
        let answer = rollouts.obey(command, at: now)
        answers.append(answer)
        trace.append(.ordered(answer, verb))
        turn(crashAfter: limit)
    }

    /// Lets time pass up to the moment that the machine waits for.
    /// - Returns: Whether it waits for one.
    mutating func wake() -> Bool {
        guard let deadline = rollouts.nextDeadline, deadline > now else { return false }
        now = deadline
        turn()
        return true
    }

    /// Tells the machine about one app's instances, then takes a turn.
    mutating func tell(_ app: AppID, crashAfter limit: Int? = nil) {
        _ = rollouts.handle(.instances(app, members(of: app)), at: now)
        turn(crashAfter: limit)
    }
}

// MARK: - Carrying out, with the checks

extension World {
    /// Does what the effect says.
    /// - Returns: The app whose instances changed.
    private mutating func carryOut(_ effect: RolloutEffect) -> AppID? {
        trace.append(.effect(effect))
        switch effect {
        case .start(let id, let digest):
            checkStart(id, digest)
            instances[id] = Instance(id: id, digest: digest, since: now)
            started.insert(id.app)
            return id.app
        case .stop(let id):
            checkStop(id)
            instances[id]?.goal = .stopped
            if instances[id]?.condition == .scheduled { instances[id] = nil }
            return id.app
        case .adopt(let id, let digest):
            checkAdoption(id, digest)
            instances[id]?.adopt(digest)
            return id.app
        case .relaunch(let id, let digest):
            checkRelaunch(id, digest)
            instances[id]?.relaunch(under: digest)
            return id.app
        case .changed(let record):
            checkTurn(to: record)
            let before = records[record.id]
            let isHeldNoMore =
                before?.pin != nil && record.pin == nil || before?.heldBack != nil && record.heldBack == nil
            if isHeldNoMore { isReleased = true }
            records[record.id] = record
        case .removed(let app):
            if !members(of: app).isEmpty { violations.append("\(app) is removed while it has instances") }
            records[app] = nil
        case .note(let note):
            notes.append(note)
        }
        return nil
    }

    /// The spec that the app shall run, with the number of instances that is in force.
    private func desiredSpec(_ app: AppID) -> Spec? {
        guard let record = rollouts.record(of: app) else { return nil }
        return record.desired.flatMap { specs[$0] }.map(record.inForce)
    }

    private mutating func checkStart(_ id: InstanceID, _ digest: Digest) {
        if instances[id] != nil { violations.append("\(id) is started twice") }
        guard let spec = desiredSpec(id.app) else {
            violations.append("\(id) is started for an app that shall not run")
            return
        }
        if digest != spec.digest { violations.append("\(id) is started on a spec that is not wanted") }
        let minimum = spec.app.upgradeStrategy.minimumHealthy(of: spec.app.instances)
        let maximum = spec.app.upgradeStrategy.maximumTotal(of: spec.app.instances)
        let allowed = minimum == maximum ? maximum + 1 : maximum
        if existing(id.app) + 1 > allowed {
            violations.append("\(id) is number \(existing(id.app) + 1) of at most \(allowed)")
        }
    }

    private mutating func checkStop(_ id: InstanceID) {
        guard let instance = instances[id] else {
            violations.append("\(id) is stopped and does not exist")
            return
        }
        guard let desired = desiredSpec(id.app) else { return checkRemovalOrder(of: id.app) }
        // Whoever suspends an app wants that nothing of it runs.
        guard rollouts.record(of: id.app)?.suspension == nil else { return }
        checkVolumes(of: instance, desired)
        guard let own = specs[instance.digest], instance.goal == .running, instance.isHealthy(under: own.app) else {
            return
        }
        let minimum = desired.app.upgradeStrategy.minimumHealthy(of: desired.app.instances)
        if healthy(id.app) - 1 < minimum {
            violations.append("stopping \(id) leaves \(healthy(id.app) - 1) healthy of at least \(minimum)")
        }
    }

    /// Volumes go only with an instance that is one too many.
    private mutating func checkVolumes(of instance: Instance, _ desired: Spec) {
        guard instance.reservation != nil, let own = specs[instance.digest] else { return }
        guard desired.app.fitsReservation(of: own.app) else { return }
        let wanted = members(of: instance.id.app).count { $0.goal == .running }
        if wanted <= desired.app.instances { violations.append("\(instance.id) is stopped and loses its volumes") }
    }

    private mutating func checkRelaunch(_ id: InstanceID, _ digest: Digest) {
        guard let instance = instances[id], instance.goal == .running,
            instance.reservation != nil || !instance.condition.hasTask
        else {
            violations.append("\(id) is to be launched again, and has nothing to be launched on")
            return
        }
        guard let desired = desiredSpec(id.app), digest == desired.digest else {
            violations.append("\(id) is launched again on a spec that is not wanted")
            return
        }
        guard instance.next == nil, let own = specs[instance.digest], instance.isHealthy(under: own.app) else { return }
        let minimum = desired.app.upgradeStrategy.minimumHealthy(of: desired.app.instances)
        let isStuck = minimum == desired.app.upgradeStrategy.maximumTotal(of: desired.app.instances)
        let allowed = isStuck ? minimum - 1 : minimum
        if healthy(id.app) - 1 < allowed {
            violations.append("launching \(id) again leaves \(healthy(id.app) - 1) healthy of at least \(allowed)")
        }
    }

    /// What depends on an app that goes with it is stopped first.
    private mutating func checkRemovalOrder(of app: AppID) {
        for other in rollouts.records where other.desired == nil && other.id != app {
            let members = members(of: other.id)
            let depends = members.contains { specs[$0.digest]?.app.dependencies.contains { covers($0, app) } ?? false }
            let runs = members.contains { $0.goal == .running }
            if depends && runs { violations.append("\(app) is stopped before \(other.id), which depends on it") }
        }
    }

    private mutating func checkAdoption(_ id: InstanceID, _ digest: Digest) {
        guard let instance = instances[id], let old = specs[instance.next ?? instance.digest],
            let new = specs[digest]
        else {
            violations.append("\(id) is adopted out of nothing")
            return
        }
        if old.restartDigest != new.restartDigest { violations.append("\(id) is adopted though it has to restart") }
    }

    /// An app that starts does so only when all that it depends on is healthy and at rest.
    private mutating func checkTurn(to record: AppRecord) {
        guard record.rollout?.phase == .rolling, let spec = desiredSpec(record.id) else { return }
        let before = records[record.id]
        if let old = before?.desired.flatMap({ specs[$0] }), old.restartDigest == spec.restartDigest {
            guard before?.rollout?.phase == .waiting else { return }
        }
        let current = members(of: record.id).filter { instance in
            instance.goal == .running && specs[instance.digest]?.restartDigest == spec.restartDigest
        }
        let wanted = members(of: record.id).filter { $0.goal == .running }
        let startsNothing =
            spec.app.instances == 0 || current.count == wanted.count && current.count >= spec.app.instances
        guard !startsNothing || started.contains(record.id) else { return }
        for other in rollouts.records where spec.app.dependencies.contains(where: { covers($0, other.id) }) {
            guard other.id != record.id, let needed = desiredSpec(other.id) else { continue }
            let isReady = other.rollout == nil && healthy(other.id) >= needed.app.instances
            if !isReady { violations.append("\(record.id) starts before \(other.id) is healthy") }
        }
    }

    private func covers(_ path: String, _ app: AppID) -> Bool {
        path == app.path || (GroupID(path)?.contains(app) ?? false)
    }
}

// MARK: - What tasks do

extension World {
    /// What happens to an instance next, one step.
    enum Luck { case good, any }

    /// Whether some instance is not where it shall be.
    var isMoving: Bool { instances.values.contains { !isAtRest($0) } }

    /// Lets one instance move on (any, or this one), and tells the machine.
    /// - Returns: Whether there was anything to move.
    @discardableResult
    mutating func live(_ luck: Luck, only id: InstanceID? = nil, crashAfter limit: Int? = nil) -> Bool {
        let movable = instances.values.filter { (id ?? $0.id) == $0.id && (luck == .any || !isAtRest($0)) }
            .sorted { $0.id < $1.id }
        guard let instance = movable.randomElement(using: &random) else { return false }
        now = now + Milliseconds(100)
        step(instance, luck)
        if let moved = instances[instance.id] { trace.append(.moved(moved)) }
        tell(instance.id.app, crashAfter: limit)
        return true
    }

    private func isAtRest(_ instance: Instance) -> Bool {
        guard let spec = specs[instance.digest] else { return false }
        return instance.goal == .running && instance.next == nil && instance.isHealthy(under: spec.app)
    }

    private mutating func step(_ instance: Instance, _ luck: Luck) {
        if luck == .any && instance.condition.hasTask && random.happens(15) {
            return misfortune(instance)
        }
        let isBroken = specs[instance.digest]?.app.cmd == "broken"
        switch instance.condition {
        case .scheduled: launch(instance)
        case .launching: set(instance, .staging)
        case .staging: set(instance, .starting)
        case .starting: isBroken ? end(instance) : set(instance, .running)
        case .running where instance.goal == .stopped || instance.next != nil: set(instance, .killing)
        case .running: instances[instance.id]?.task?.healthy = true
        case .killing: end(instance)
        case .unreachable: random.happens(50) ? set(instance, .running) : end(instance, isLost: true)
        }
    }

    /// The instance's agent will go.
    mutating func announceMaintenance(of instance: Instance, at moment: Instant) {
        instances[instance.id]?.task?.leavesAt = moment
        tell(instance.id.app)
    }

    /// An instance's task ends by its own doing.
    mutating func fail(_ instance: Instance) {
        now = now + Milliseconds(100)
        end(instance)
        tell(instance.id.app)
    }

    /// An instance's task goes down with its agent.
    mutating func lose(_ instance: Instance) {
        end(instance, isLost: true)
        tell(instance.id.app)
    }

    private mutating func misfortune(_ instance: Instance) {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: end(instance, isLost: random.happens(20))
        case 1: set(instance, .unreachable)
        default: instances[instance.id]?.task?.healthy = false
        }
    }

    private mutating func launch(_ instance: Instance) {
        tasks += 1
        if instance.reservation == nil, specs[instance.digest]?.app.isResident == true {
            instances[instance.id]?.reservation = Reservation(
                id: ReservationID("reservation-\(tasks)"),
                agent: Agent(id: AgentID("agent"), hostname: "host"),
                role: "db",
                volumes: [],
                since: now
            )
        }
        instances[instance.id]?.condition = .launching
        instances[instance.id]?.since = now
        instances[instance.id]?.task = TaskRecord(
            id: TaskID("task-\(tasks)"),
            agent: Agent(id: AgentID("agent"), hostname: "host"),
            ports: [],
            launched: now
        )
    }

    private mutating func set(_ instance: Instance, _ condition: Condition) {
        instances[instance.id]?.condition = condition
        instances[instance.id]?.since = now
    }

    private mutating func end(_ instance: Instance, isLost: Bool = false) {
        guard instance.goal == .running else {
            instances[instance.id] = nil
            return
        }
        set(instance, .scheduled)
        instances[instance.id]?.task = nil
        if let next = instance.next {
            instances[instance.id]?.digest = next
            instances[instance.id]?.next = nil
        }
        guard let task = instance.task else { return }
        instances[instance.id]?.lastEnd = TaskEnd(
            task: task.id,
            state: isLost ? "TASK_LOST" : "TASK_FAILED",
            message: "",
            reason: nil,
            at: now,
            host: "host"
        )
    }
}

extension World: CustomTestStringConvertible {
    /// Short: a failed expectation shows every value it was made from.
    var testDescription: String { "a world of \(records.count) apps and \(instances.count) instances" }
}
