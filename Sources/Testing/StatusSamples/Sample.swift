package import Controller
package import Domain
import OrderedCollections
package import Planning
import Scheduling

/// A digest that depends on the bytes, good enough to tell specs apart; the real one is a library's.
package func sampleSHA256(_ bytes: [UInt8]) -> Digest {
    var lanes: [UInt64] = [0xcbf2_9ce4_8422_2325, 1, 2, 3]
    for (index, byte) in bytes.enumerated() {
        lanes[index % 4] = (lanes[index % 4] ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    return Digest(bytes: lanes.flatMap { lane in (0..<8).map { UInt8(truncatingIfNeeded: lane >> ($0 * 8)) } })
}

/// Hand-made states of a controller.
package enum Sample {
    /// The moment of all samples: 2026-01-01T12:00:00Z.
    package static let noon = Instant(milliseconds: 1_767_268_800_000)
    /// The commit that the samples are of.
    package static let revision = Revision("4f0c5a2e9b1d7c3f8a6e0d2b4c6f8a1e3d5b7c90")

    /// An id.
    /// - Throws: ``NotAnID`` where the path is none.
    package static func id(_ path: String) throws -> AppID {
        guard let id = AppID(path) else { throw NotAnID(path: path) }
        return id
    }

    /// A path that a test took for an id.
    package struct NotAnID: Error {
        /// The path.
        package var path: String
    }

    /// A leader with three apps: one healthy, one in the middle of a rollout without a place, one with a broken file.
    package static func shop() throws -> Snapshot {
        var snapshot = Snapshot(name: "pacer", environment: "prod", leadership: .leader(epoch: 7), at: noon)
        snapshot.number = 42
        snapshot.mesos.phase = .subscribed
        snapshot.mesos.reason = "subscribed"
        snapshot.mesos.framework = FrameworkID("c4f1-0000")
        snapshot.written.commits = 3
        snapshot.written.nodes = 5
        snapshot.written.bytes = 2454
        var record = SourceRecord(name: "shop")
        record.applied = revision
        record.seen = revision
        record.note([brokenFile])
        var source = SourceStatus(name: "shop", group: .root, record: record)
        source.looks = 3
        source.lookedAt = noon
        source.plan = Plan(changes: [try change()], problems: [brokenFile], hash: sampleSHA256([1]))
        snapshot.sources = [source]
        for app in [try web(), try db(), try broken()] { snapshot.apps[app.id] = app }
        snapshot.drift = [try episode()]
        return snapshot
    }

    /// A misspelt key in `shop/cart.yaml`.
    package static let brokenFile = Problem(
        code: "PACER-E012",
        file: "shop/cart.yaml",
        line: 4,
        column: 1,
        message: "instnces is no key of an app",
        hint: "did you mean instances?"
    )

    /// `/shop/web`: in the middle of a rollout, one of two instances runs, the other one has no place.
    package static func web() throws -> AppStatus {
        let id = try id("/shop/web")
        let spec = Spec(
            AppSpec(
                id: id,
                cmd: "python3 -m http.server $PORT0",
                env: ["LEVEL": "info"],
                resources: Resources(cpus: 500, mem: 64_500),
                instances: 2,
                upgradeStrategy: UpgradeStrategy(minimumHealthMillionths: 500_000),
                dependencies: ["/shop/db"],
                constraints: [Constraint(field: "rack", comparison: .unique)]
            ),
            sha256: sampleSHA256
        )
        var record = AppRecord(
            id: id,
            source: "shop",
            file: "shop/web.yaml",
            desired: spec.digest,
            revision: revision,
            nextInstance: 4
        )
        record.rollout = RolloutRecord(
            deployment: DeploymentID("shop-3"),
            phase: .rolling,
            reason: "1 of 2 new instances are healthy",
            since: noon
        )
        var running = Instance(id: InstanceID(app: id, number: 2), digest: spec.digest, since: noon)
        running.condition = .running
        running.task = TaskRecord(
            id: TaskID("shop_web.7-12"),
            agent: Agent(id: AgentID("S1"), hostname: "a1.example", attributes: ["rack": "r1"]),
            ports: [31_001],
            launched: noon,
            healthy: true
        )
        var waiting = Instance(id: InstanceID(app: id, number: 3), digest: spec.digest, since: noon + .seconds(2))
        waiting.lastEnd = TaskEnd(
            task: TaskID("shop_web.7-9"),
            state: "TASK_FAILED",
            message: "Command exited with status 1",
            reason: "REASON_COMMAND_EXECUTOR_FAILED",
            at: noon + .seconds(2),
            host: "a2.example"
        )
        return AppStatus(
            id: id,
            record: record,
            spec: spec,
            sync: .outOfSync,
            health: .progressing,
            instances: [running, waiting],
            progress: "1 of 2 replaced",
            refusal: RefusalReport(
                since: noon,
                offers: 3,
                reasons: [.resource("cpus"): 2, .constraint(#"["rack", "UNIQUE"]"#): 1],
                asked: spec.app.resources,
                best: Resources(cpus: 250, mem: 512_000)
            ),
            problems: []
        )
    }

    /// `/shop/db`: synced and healthy.
    package static func db() throws -> AppStatus {
        let id = try id("/shop/db")
        let spec = Spec(AppSpec(id: id, cmd: "sleep 1000"), sha256: sampleSHA256)
        let record = AppRecord(id: id, source: "shop", file: "shop/db.yaml", desired: spec.digest, revision: revision)
        var instance = Instance(id: InstanceID(app: id, number: 1), digest: spec.digest, since: noon)
        instance.condition = .running
        instance.task = TaskRecord(
            id: TaskID("shop_db.7-1"),
            agent: Agent(id: AgentID("S0"), hostname: "a0.example"),
            ports: [31_000],
            launched: noon
        )
        return AppStatus(
            id: id,
            record: record,
            spec: spec,
            sync: .synced,
            health: .healthy,
            instances: [instance],
            progress: nil,
            refusal: nil,
            problems: []
        )
    }

    /// `/shop/cart`: nothing but the problem of its file.
    package static func broken() throws -> AppStatus {
        AppStatus(
            id: try id("/shop/cart"),
            record: nil,
            spec: nil,
            sync: .unknown,
            health: .missing,
            instances: [],
            progress: nil,
            refusal: nil,
            problems: [brokenFile]
        )
    }

    /// Something of a resident app that cannot change.
    package static let refusedChange = Problem(
        code: "PACER-E303",
        file: "shop/db.yaml",
        line: 0,
        column: 0,
        message: "/shop/db has persistent volumes; of what is reserved for it cpus cannot change",
        hint: "take the change back; or remove the app, which deletes its volumes, and add it again"
    )

    /// `/shop/db`, healthy, of which the newest commit wants what cannot be done, in a shop that has nothing else.
    package static func refused() throws -> Snapshot {
        var snapshot = try shop()
        snapshot.sources[0].record.note([])
        let objection = Objection(app: try id("/shop/db"), source: "shop", problem: refusedChange)
        var plan = Plan(changes: [], problems: [refusedChange], hash: sampleSHA256([1]))
        plan.objections = [objection]
        snapshot.sources[0].plan = plan
        var app = try db()
        app.sync = .outOfSync
        app.objections = [objection]
        snapshot.apps = [app.id: app]
        snapshot.drift = []
        return snapshot
    }

    /// What the plan says of `/shop/web`.
    package static func change() throws -> Change {
        Change(
            app: try id("/shop/web"),
            action: .replace,
            fields: [
                Change.Field(
                    path: "cmd",
                    before: .text("sleep 1"),
                    after: .text("python3 -m http.server $PORT0"),
                    forcesReplacement: true
                ),
                Change.Field(
                    path: "cpus",
                    before: .millionths(100_000),
                    after: .millionths(500_000),
                    forcesReplacement: true
                ),
                Change.Field(path: "instances", before: .integer(1), after: .integer(2), forcesReplacement: false),
                Change.Field(
                    path: "constraints",
                    before: .null,
                    after: .list([.list([.text("rack"), .text("UNIQUE")])]),
                    forcesReplacement: false
                ),
            ],
            tasks: Change.Tasks(start: 2, stop: 1, keep: 0),
            desired: nil,
            file: "shop/web.yaml",
            after: [try id("/shop/db")]
        )
    }

    /// The drift of `/shop/web`.
    package static func episode() throws -> DriftEpisode {
        DriftEpisode(
            app: try id("/shop/web"),
            subject: "/shop/web#3",
            kind: .missing,
            cause: "task failed: TASK_FAILED, Command exited with status 1",
            firstSeen: noon,
            lastSeen: noon + .minutes(3),
            expected: "2 instances",
            actual: "1 instance",
            action: "a new task is launched as soon as an offer fits"
        )
    }
}
