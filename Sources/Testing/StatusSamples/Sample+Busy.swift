package import Controller
package import Domain
import Planning
import Scheduling

/// States of a controller with rollouts, orders and exceptions.
extension Sample {
    /// What Ada wants, and until when.
    package static func order(_ why: String = "the till is down", until: Instant? = nil) -> Order {
        Order(who: "ada@desk", why: why, at: noon, until: until)
    }

    /// The shop with something on its way or kept from git in every app: web waits for db, db has no place, cart is pinned,
    /// mail is suspended, job was rolled back.
    package static func busy() throws -> Snapshot {
        var snapshot = try shop()
        snapshot.sources[0].record.note([])
        snapshot.sources[0].plan = nil
        snapshot.drift = []
        snapshot.apps = [:]
        for app in [try waitingWeb(), try placelessDB(), try pinned(), try suspended(), try heldBack()] {
            snapshot.apps[app.id] = app
        }
        snapshot.deployments = [
            DeploymentRecord(
                id: DeploymentID("shop-7-2"),
                source: "shop",
                revision: revision,
                planHash: sampleSHA256([2]),
                started: noon,
                apps: 3
            ),
            ended,
        ]
        return snapshot
    }

    private static var ended: DeploymentRecord {
        var record = DeploymentRecord(
            id: DeploymentID("shop-7-1"),
            source: "shop",
            revision: Revision("00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff"),
            planHash: sampleSHA256([1]),
            started: noon + .minutes(-60),
            apps: 5
        )
        record.finished = noon + .minutes(-50)
        return record
    }

    /// Like `/shop/db`, healthy and synced, under another id.
    package static func healthy(_ path: String) throws -> AppStatus {
        let id = try id(path)
        let spec = Spec(AppSpec(id: id, cmd: "sleep 1000"), sha256: sampleSHA256)
        var app = try db()
        app.id = id
        app.spec = spec
        app.record = AppRecord(
            id: id,
            source: "shop",
            file: "\(path.dropFirst()).yaml",
            desired: spec.digest,
            revision: revision
        )
        var instance = Instance(id: InstanceID(app: id, number: 1), digest: spec.digest, since: noon)
        instance.condition = .running
        instance.task = app.instances[0].task
        app.instances = [instance]
        return app
    }

    /// `/shop/web`: waits for `/shop/db`.
    package static func waitingWeb() throws -> AppStatus {
        var app = try healthy("/shop/web")
        app.sync = .outOfSync
        app.health = .progressing
        app.instances = []
        app.record?.rollout = RolloutRecord(
            deployment: DeploymentID("shop-7-2"),
            phase: .waiting,
            reason: "waits until what it depends on is healthy: /shop/db",
            since: noon + .seconds(1)
        )
        app.progress = "waits for /shop/db: 0 of 1 healthy on 1b8c83f35ef7"
        app.blocker = try id("/shop/db")
        return app
    }

    /// `/shop/db`: its only task failed, and no agent has room for another one.
    package static func placelessDB() throws -> AppStatus {
        var app = try healthy("/shop/db")
        app.sync = .outOfSync
        app.health = .degraded
        app.instances[0].condition = .scheduled
        app.instances[0].task = nil
        app.instances[0].lastEnd = TaskEnd(
            task: TaskID("shop_db.7-1"),
            state: "TASK_FAILED",
            message: "Command exited with status 1",
            reason: nil,
            at: noon,
            host: "a2.example"
        )
        app.record?.rollout = RolloutRecord(
            deployment: DeploymentID("shop-7-2"),
            phase: .rolling,
            reason: "leads to 1 healthy instance",
            since: noon
        )
        app.record?.rollout?.failures = 1
        app.record?.rollout?.lastFailure = "TASK_FAILED on a2.example"
        app.progress = "0 of 1 healthy on 1b8c83f35ef7, 1 not healthy yet"
        app.refusal = RefusalReport(
            since: noon + .seconds(3),
            offers: 3,
            reasons: [.resource("cpus"): 3],
            asked: Resources(cpus: 64_000, mem: 128_000),
            best: Resources(cpus: 8000, mem: 512_000)
        )
        return app
    }

    /// `/shop/cart`: pinned for two hours.
    package static func pinned() throws -> AppStatus {
        var app = try healthy("/shop/cart")
        app.sync = .outOfSync
        app.record?.pin = Pin(digest: sampleSHA256([7]), order: order(until: noon + .minutes(120)))
        return app
    }

    /// `/shop/mail`: suspended for half an hour.
    package static func suspended() throws -> AppStatus {
        var app = try healthy("/shop/mail")
        app.health = .suspended
        app.instances = []
        app.record?.suspension = order("no mail today", until: noon + .minutes(30))
        return app
    }

    /// `/shop/job`: rolled back, what git says is held back.
    package static func heldBack() throws -> AppStatus {
        var app = try healthy("/shop/job")
        app.sync = .outOfSync
        app.record?.heldBack = HeldBack(
            digest: sampleSHA256([8]),
            deployment: DeploymentID("shop-7-2"),
            reason: "3 new tasks failed",
            at: noon
        )
        app.record?.history = [HealthySpec(digest: sampleSHA256([6]), revision: revision, at: noon)]
        return app
    }

    /// A rollout that a person paused.
    package static func paused(_ path: String) throws -> AppStatus {
        var app = try healthy(path)
        app.sync = .outOfSync
        app.record?.rollout = RolloutRecord(
            deployment: DeploymentID("shop-7-2"),
            phase: .paused,
            reason: "paused by ada@desk",
            since: noon
        )
        app.record?.rollout?.pausedIn = .rolling
        app.record?.rollout?.order = order()
        app.progress = "0 of 1 healthy on 1b8c83f35ef7"
        return app
    }
}
