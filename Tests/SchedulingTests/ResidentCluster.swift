import Domain
import Testing

@testable import Scheduling

/// Two agents, a master that carries operations out as Mesos does, and one instance of an app with volumes.
struct ResidentCluster {
    let spec: Spec
    let settings: SchedulerSettings
    var harness: Harness
    /// What is free on each agent.
    var agents: [Int: FreeResources] = [:]
    /// What tasks use, with the agent's number.
    var live: [TaskID: (agent: Int, resources: [MesosResource])] = [:]
    /// What the master refused.
    var complaints: [String] = []
    private var offers = 0
    /// The last call that was decided, for those who deliver it later.
    private var decided: (agent: Int, operations: [OfferOperation])?

    init(
        role: String = "db",
        volumes: [PersistentVolume] = [PersistentVolume(containerPath: "data", size: 64_000)],
        resources: [MesosResource] = plain(),
        killsOrphans: Bool = true,
        _ change: (inout AppSpec) -> Void = { _ in }
    ) {
        spec = makeSpec("/db") {
            $0.resources = Resources(cpus: 500, mem: 100_000)
            $0.portDefinitions = [PortDefinition(port: 0)]
            $0.persistentVolumes = volumes
            $0.acceptedResourceRoles = ["*"]
            $0.unreachableStrategy = .disabled
            change(&$0)
        }
        var settings = SchedulerSettings(role: role)
        settings.principal = "pacer"
        settings.killsOrphans = killsOrphans
        self.settings = settings
        harness = Harness([spec], settings: settings)
        harness.subscribe()
        for number in 1...2 { agents[number] = FreeResources(resources) }
    }

    var id: InstanceID { makeInstance(spec, 1) }
    var instance: Instance? { harness.scheduler.instance(id) }

    /// The app with another definition.
    func variant(_ change: (inout AppSpec) -> Void) -> Spec {
        var app = spec.app
        change(&app)
        return Spec(app, sha256: plainHash)
    }

    /// Offers all that is free on an agent, and carries out what is decided.
    /// - Parameter without: Whether what is reserved is left out, as if it were gone.
    @discardableResult
    mutating func offer(
        on number: Int,
        without: Bool = false,
        leavesIn: Milliseconds? = nil,
        delivering: Bool = true
    ) -> [SchedulerEffect] {
        offers += 1
        let free = (agents[number]?.all ?? []).filter { !without || $0.reservations.isEmpty }
        let offer = makeOffer(
            "R\(offers)",
            on: makeAgent(number),
            free,
            role: settings.role,
            from: leavesIn.map { harness.now + $0 }
        )
        harness.handle(.mesos(.offers([offer])))
        let effects = harness.tick()
        decided = nil
        for case .afterCommit(.accept(_, let operations, _)) in effects { decided = (number, operations) }
        if delivering { deliver() }
        return effects
    }

    /// The master carries out what was decided last: all of it, or only its first steps.
    mutating func deliver(only count: Int = .max) {
        guard let (agent, operations) = decided else { return }
        for operation in operations.prefix(count) {
            for task in operation.launches {
                guard agents[agent]?.take(task.resources) == true else {
                    complaints.append("\(task.id) asks for what is not there")
                    continue
                }
                live[task.id] = (agent, task.resources)
            }
            if let complaint = agents[agent]?.apply(operation) { complaints.append(complaint) }
        }
        decided = nil
    }

    @discardableResult
    mutating func start(delivering: Bool = true) -> [SchedulerEffect] {
        harness.start(spec)
        return offer(on: 1, delivering: delivering)
    }

    /// Started and running on agent 1.
    mutating func run() {
        start()
        harness.update(id, .running)
    }

    /// The present task comes to its end, and what it used is free again.
    mutating func end(_ state: TaskStatus.State, reason: String? = nil) {
        guard let task = instance?.task else { return }
        if let used = live.removeValue(forKey: task.id) { agents[used.agent]?.add(used.resources) }
        harness.update(id, state, reason: reason)
    }

    /// An agent's machine was down, and is up again under another id; no task of its former life runs there.
    mutating func rename(_ old: Int, to new: Int) {
        for (task, used) in live where used.agent == old {
            agents[old]?.add(used.resources)
            live[task] = nil
        }
        agents[new] = agents.removeValue(forKey: old)
    }

    /// Time passes, and Mesos is heard of.
    mutating func wait(seconds: Int64) {
        harness.now = harness.now + .seconds(seconds)
        harness.handle(.mesos(.heartbeat))
        harness.tick()
    }
}
