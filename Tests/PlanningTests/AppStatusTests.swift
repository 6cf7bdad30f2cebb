import Domain
import Planning
import Testing

/// Argo CD's words, with the rules that `SyncStatus` and `Health` document: one row for each rule and each exception.
struct AppStatusTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var name: String
        var wanted = 2
        var conditions: [Condition] = [.running, .running]
        var healthy: Bool? = true
        var rollout: RolloutRecord.Phase?
        var failures = 0
        var lastEnd: String?
        var health: Health
        var sync: SyncStatus
        var testDescription: String { name }
    }

    static let rows = [
        Row(name: "all run", health: .healthy, sync: .synced),
        Row(name: "a rollout that is not done", rollout: .rolling, health: .progressing, sync: .outOfSync),
        Row(name: "a rollout that waits", rollout: .waiting, health: .progressing, sync: .outOfSync),
        Row(name: "one starts", conditions: [.running, .staging], health: .progressing, sync: .synced),
        Row(name: "none has a task", conditions: [.scheduled, .scheduled], health: .missing, sync: .synced),
        Row(name: "no instance at all", conditions: [], health: .missing, sync: .outOfSync),
        Row(name: "meant to run nothing", wanted: 0, conditions: [], health: .suspended, sync: .synced),
        Row(
            name: "on its way to nothing",
            wanted: 0,
            conditions: [],
            rollout: .rolling,
            health: .progressing,
            sync: .outOfSync
        ),
        Row(name: "a check fails", healthy: false, health: .degraded, sync: .synced),
        Row(
            name: "a check fails during a rollout",
            healthy: false,
            rollout: .rolling,
            health: .degraded,
            sync: .outOfSync
        ),
        Row(name: "no check has answered yet", healthy: nil, health: .progressing, sync: .synced),
        Row(
            name: "a back-off, one starts",
            conditions: [.running, .staging],
            failures: 3,
            health: .degraded,
            sync: .synced
        ),
        Row(name: "a back-off that is not over, but all run", failures: 3, health: .healthy, sync: .synced),
        Row(
            name: "a task failed",
            conditions: [.running, .scheduled],
            lastEnd: "TASK_FAILED",
            health: .degraded,
            sync: .synced
        ),
        Row(name: "a task failed and runs again", lastEnd: "TASK_FAILED", health: .healthy, sync: .synced),
        Row(
            name: "an agent was lost, its task starts elsewhere",
            conditions: [.running, .staging],
            lastEnd: "TASK_GONE",
            health: .progressing,
            sync: .synced
        ),
        Row(name: "one out of reach", conditions: [.running, .unreachable], health: .degraded, sync: .synced),
        Row(name: "all out of reach", conditions: [.unreachable, .unreachable], health: .unknown, sync: .synced),
        Row(name: "one too many", conditions: [.running, .running, .running], health: .healthy, sync: .outOfSync),
    ]

    private func web(_ instances: Int) -> Spec {
        spec("/web") {
            $0.instances = instances
            $0.healthChecks = [HealthCheck(probe: .command("true"))]
        }
    }

    @Test(arguments: rows)
    func `the two statuses of an app`(row: Row) {
        let spec = web(row.wanted)
        let record = record(of: spec, row)
        let instances = row.conditions.enumerated().map { index, condition in
            instance(index + 1, of: spec, condition, row.healthy, lastEnd: row.lastEnd)
        }
        #expect(Health(of: record, spec: spec, instances: instances) == row.health)
        let sync = SyncStatus(of: record, spec: spec, declared: .spec(spec.digest), instances: instances)
        #expect(sync == row.sync)
    }

    @Test func `sync is unknown when git cannot be compared, whatever runs`() {
        let spec = web(0)
        let record = record(of: spec, AppStatusTests.rows[0])
        #expect(SyncStatus(of: record, spec: spec, declared: .unknown, instances: []) == .unknown)
        #expect(SyncStatus(of: nil, spec: nil, declared: .unknown, instances: []) == .unknown)
    }

    @Test func `git with another spec, with no app, or with an app that is not recorded is out of sync`() {
        let spec = web(0)
        let record = record(of: spec, AppStatusTests.rows[0])
        #expect(SyncStatus(of: record, spec: spec, declared: .spec(web(1).digest), instances: []) == .outOfSync)
        #expect(SyncStatus(of: record, spec: spec, declared: .absent, instances: []) == .outOfSync)
        #expect(SyncStatus(of: nil, spec: nil, declared: .spec(spec.digest), instances: []) == .outOfSync)
        #expect(SyncStatus(of: nil, spec: nil, declared: .absent, instances: []) == .synced)
    }

    @Test func `instances that take the place of others on an agent that goes do not take an app out of sync`() {
        let spec = web(2)
        let record = record(of: spec, AppStatusTests.rows[0])
        var instances = (1...3).map { instance($0, of: spec, .running, true, lastEnd: nil) }
        let sync = { SyncStatus(of: record, spec: spec, declared: .spec(spec.digest), instances: $0) }
        #expect(sync(instances) == .outOfSync)
        instances[0].task?.leavesAt = Instant(milliseconds: 90_000)
        #expect(sync(instances) == .synced)
        #expect(sync(Array(instances.prefix(2))) == .synced, "none has taken its place yet")
        #expect(sync(Array(instances.prefix(1))) == .outOfSync, "one is missing besides")
        instances.append(instance(4, of: spec, .scheduled, nil, lastEnd: nil))
        #expect(sync(instances) == .outOfSync, "one more than go")
    }

    @Test func `an instance of another spec is out of sync`() {
        let (old, new) = (web(1), web(1).with { $0.cmd = "new" })
        let record = record(of: new, AppStatusTests.rows[0])
        let stale = [instance(1, of: old, .running, true, lastEnd: nil)]
        #expect(SyncStatus(of: record, spec: new, declared: .spec(new.digest), instances: stale) == .outOfSync)
    }

    @Test func `health without a record, during a removal and with a lost spec`() {
        let spec = web(1)
        var record = record(of: spec, AppStatusTests.rows[0])
        #expect(Health(of: nil, spec: nil, instances: []) == .missing)
        #expect(Health(of: record, spec: nil, instances: []) == .unknown)
        record.desired = nil
        #expect(Health(of: record, spec: nil, instances: []) == .progressing)
    }

    private func record(of spec: Spec, _ row: Row) -> AppRecord {
        var record = AppRecord(
            id: spec.id,
            source: "shop",
            file: "web.yaml",
            desired: spec.digest,
            revision: Revision("r1")
        )
        record.rollout = row.rollout.map {
            RolloutRecord(deployment: DeploymentID("d"), phase: $0, reason: "", since: Instant(milliseconds: 0))
        }
        if row.failures > 0 {
            record.backoff = BackoffState(
                digest: spec.digest,
                delay: .seconds(1),
                until: Instant(milliseconds: 0),
                failures: row.failures
            )
        }
        return record
    }
}

extension Spec {
    /// The same definition with something changed.
    func with(_ change: (inout AppSpec) -> Void) -> Spec {
        var definition = app
        change(&definition)
        return Spec(definition, sha256: testDigest)
    }
}

/// An instance in a condition, with the task that goes with it.
func instance(_ number: Int, of spec: Spec, _ condition: Condition, _ healthy: Bool?, lastEnd: String?) -> Instance {
    let id = InstanceID(app: spec.id, number: number)
    var instance = Instance(id: id, digest: spec.digest, since: Instant(milliseconds: Int64(number)))
    instance.condition = condition
    if condition.hasTask {
        instance.task = TaskRecord(
            id: TaskID("task-\(number)"),
            agent: Agent(id: AgentID("agent"), hostname: "host\(number)"),
            ports: [],
            launched: Instant(milliseconds: 0),
            healthy: healthy
        )
    }
    instance.lastEnd = lastEnd.map {
        TaskEnd(
            task: TaskID("before-\(number)"),
            state: $0,
            message: "Command exited with status \(number)",
            reason: nil,
            at: Instant(milliseconds: Int64(number)),
            host: "host\(number)"
        )
    }
    return instance
}
