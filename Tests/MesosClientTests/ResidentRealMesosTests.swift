import Boundary
import Domain
import HTTPClient
import MesosClient
import MesosWire
import Scheduling
import Testing

/// The scheduler's core with volumes on a real Mesos: what it takes for granted about RESERVE, CREATE, DESTROY and
/// UNRESERVE is so.
@Suite(.enabled(if: RealMesos.scripts != nil, "needs Scripts/mesos or PACER_MESOS_SCRIPTS"))
struct ResidentRealMesosTests {
    @Test func `data outlives tasks and leaders, and nothing is left when the instance goes`() async throws {
        let writes = resident("echo first >> data/log; exec sleep 1000")
        let reads = resident("grep -q first data/log && exit 0; exit 7")
        let id = InstanceID(app: writes.id, number: 1)
        try await RealMesos.with(agents: 2) { mesos in
            try await withClient { client in
                var shell = Shell(mesos.address, client, [writes, reads], instances: [], framework: nil)
                shell.handle(.order(.start(id, writes.digest)))
                try await shell.turns("a running task") { $0.scheduler.instance(id)?.condition == .running }
                let first = try #require(shell.scheduler.instance(id)?.reservation)
                #expect(first.phase == .held)

                shell = shell.successor()
                shell.handle(.order(.relaunch(id, reads.digest)))
                try await shell.turns("the end of the task that reads") { shell in
                    shell.ends.contains { $0.state == "TASK_FINISHED" }
                }
                #expect(shell.scheduler.instance(id)?.reservation?.id == first.id)
                #expect(!shell.ends.contains { $0.state == "TASK_FAILED" || $0.state == "TASK_ERROR" })

                shell.handle(.order(.stop(id)))
                shell = shell.successor()
                try await shell.turns("the end of the record") { $0.scheduler.instance(id) == nil }
                let offered = try #require(shell.offers(of: first.agent.id).last)
                #expect(offered.resources.allSatisfy { $0.reservations.isEmpty && $0.disk == nil })
                shell.transport.close()
            }
        }
    }

    /// A small app with a volume on the agent's own disk.
    private func resident(_ command: String) -> Spec {
        guard let id = AppID("/db") else { preconditionFailure("/db is no app id") }
        var app = AppSpec(id: id, cmd: command, resources: Resources(cpus: 100, mem: 32_000))
        app.persistentVolumes = [PersistentVolume(containerPath: "data", size: 16_000)]
        app.acceptedResourceRoles = ["*"]
        app.unreachableStrategy = .disabled
        return Spec(app) { bytes in
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            return Digest(bytes: (0..<32).map { UInt8(truncatingIfNeeded: hash >> (UInt64($0 % 8) * 8)) })
        }
    }
}

/// As much of the controller as the scheduler's core needs: a store in memory that acknowledges at once, and a session.
private struct Shell {
    let transport: MesosSession
    private let master: MasterAddress
    private let client: HTTPClient
    private let specs: [Spec]
    private let epoch: Int64
    private let recorder = Recorder()
    private var taken = 0
    private var stored: [InstanceID: Instance] = [:]
    private var framework: FrameworkID?
    private(set) var scheduler: Scheduler
    /// How tasks ended, in order.
    private(set) var ends: [TaskEnd] = []

    init(
        _ master: MasterAddress,
        _ client: HTTPClient,
        _ specs: [Spec],
        instances: [Instance],
        framework: FrameworkID?,
        epoch: Int64 = 1
    ) {
        (self.master, self.client, self.specs, self.epoch) = (master, client, specs, epoch)
        self.framework = framework
        for instance in instances { stored[instance.id] = instance }
        var description = description()
        description.principal = "pacer"
        let configuration = MesosConfiguration(master: .addresses([master]), framework: description)
        transport = MesosSession(configuration, client: client, logger: quiet)
        var settings = SchedulerSettings(role: "db")
        settings.principal = "pacer"
        settings.reservationSettles = .seconds(2)
        settings.reviveInterval = .seconds(1)
        scheduler = Scheduler(
            epoch: epoch,
            settings: settings,
            framework: framework,
            specs: Dictionary(uniqueKeysWithValues: specs.map { ($0.digest, $0) }),
            instances: instances,
            backoffs: [:],
            now: Shell.now
        )
    }

    /// The leader dies without a word; another one goes on from the store.
    func successor() -> Shell {
        transport.close()
        let instances = stored.values.sorted { $0.id < $1.id }
        return Shell(master, client, specs, instances: instances, framework: framework, epoch: epoch + 1)
    }

    /// What was offered of an agent, in order.
    func offers(of agent: AgentID) -> [Offer] {
        recorder.all.flatMap { entry -> [Offer] in
            guard case .event(.offers(let offers)) = entry.event else { return [] }
            return offers.filter { $0.agent.id == agent }
        }
    }

    mutating func handle(_ event: SchedulerEvent) {
        for effect in scheduler.handle(event, at: Shell.now) { carryOut(effect) }
    }

    /// Turn after turn, until something is so.
    mutating func turns(_ what: String, until isSo: (Shell) -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(120)
        while !isSo(self) {
            guard ContinuousClock.now < deadline else {
                throw NeverCame(description: "\(what) never came: \(scheduler.allInstances), \(ends)")
            }
            takeNews()
            handle(.tick)
            try await Task.sleep(for: pollInterval * 10)
        }
    }

    private mutating func takeNews() {
        let all = recorder.all
        for entry in all[taken...] {
            switch entry.event {
            case .opened: handle(.connection(.opened))
            case .closed(let reason): handle(.connection(.closed(reason)))
            case .takenOver(let reason): handle(.connection(.takenOver(reason)))
            case .event(let event): handle(.mesos(event))
            case .answered(let answer): handle(.connection(.answered(answer)))
            }
        }
        taken = all.count
    }

    private mutating func carryOut(_ effect: SchedulerEffect) {
        switch effect {
        case .register(let id): framework = id
        case .changed(let instance): stored[instance.id] = instance
        case .removed(let id): stored[id] = nil
        case .afterCommit(let call): transport.send(.proven(call))
        case .send(let call): transport.send(ReleasedCall(call))
        case .connect(let id, let wishes, let delay):
            transport.subscribe(1, as: id, wishes, delay: delay, deliver: recorder.add)
        case .note(.ended(_, let end)): ends.append(end)
        case .stop(let reason, _): Issue.record("the scheduler stopped: \(reason)")
        case .backoff, .disconnect, .orphan, .note: break
        }
    }

    private static var now: Instant {
        let since = ContinuousClock.now - Shell.begin
        return Instant(milliseconds: 1_000_000 + Int64(since / .milliseconds(1)))
    }

    private static let begin = ContinuousClock.now
}
