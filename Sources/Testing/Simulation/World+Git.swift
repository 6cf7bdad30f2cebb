import Boundary
import Controller
import Domain
import OrderedCollections
import Scheduling

extension World {
    static let settings = ControllerSettings(
        name: "pacer",
        environment: nil,
        sources: [ControllerSettings.Source(name: SimulatedGit.source, group: .root, poll: .seconds(10))],
        sync: ControllerSettings.Sync()
    )

    static let scheduling = SchedulerSettings()

    /// A process looks at the repository.
    mutating func look(_ process: Int, life: Int, answering: Int) {
        guard processes[process].life == life, let engine = processes[process].engine else { return }
        let anchor = engine.record(of: SimulatedGit.source)?.applied
        if anchor != processes[process].comparedWith { processes[process].known = nil }
        processes[process].comparedWith = anchor
        let look: SourceLook
        if isChaos, random.oneIn(25) {
            count("fetch failed")
            look = .failed(SourceFailure(kind: .unreachable, message: "no answer", hint: "wait"))
        } else if processes[process].known == git.tip.revision {
            look = .unchanged
        } else {
            processes[process].known = git.tip.revision
            let descends = anchor.map { git.descends(git.tip.revision, from: $0) } ?? true
            look = .found(git.desired, anchor: anchor, descends: descends)
        }
        agenda.add(
            .deliver(process, life: life, .source(SimulatedGit.source, look, answering: answering)),
            at: now + delay(5...300)
        )
        guard answering == 0 else { return }
        agenda.add(.look(process, life: life, answering: 0), at: now + .seconds(10) + delay(0...1000))
    }

    /// Somebody pushes: some apps change, some come, some go, some files break; now and then history is rewritten.
    mutating func push() {
        guard isChaos else {
            pushLast()
            return
        }
        var apps = git.tip.apps
        for id in apps.keys.sorted() where random.oneIn(3) {
            if random.oneIn(6) { apps[id] = nil } else { apps[id] = World.changed(apps[id], &random) }
        }
        if random.oneIn(2) {
            let app = World.app(number: random.int(1...9), &random)
            apps[app.id] = app
        }
        for id in apps.keys.sorted() {
            let present = apps[id]?.dependencies.filter { name in apps.keys.contains { $0.path == name } }
            apps[id]?.dependencies = present ?? []
        }
        var broken: Set<AppID> = []
        for id in apps.keys.sorted() where random.oneIn(12) { broken.insert(id) }
        if !broken.isEmpty { count("broken file pushed") }
        let rewrite = random.oneIn(10) && git.tip.parent != nil
        if rewrite { count("history rewritten") }
        if apps.isEmpty { apps = git.tip.apps }
        git.push(apps: apps, broken: broken, rewrite: rewrite)
        let tip = git.tip
        note("PUSH \(tip.revision) \(tip.apps.keys.sorted()) broken \(broken.sorted())")
        if rewrite { agenda.add(.confirm, at: now + .seconds(20)) }
        agenda.add(.push, at: now + delay(5_000...60_000))
    }

    /// The last commit: everything in it works.
    private mutating func pushLast() {
        var apps = git.tip.apps
        for id in apps.keys { apps[id]?.cmd = "sleep 1000" }
        git.push(apps: apps)
        let tip = git.tip.revision
        note("PUSH \(tip), the last one")
        for minute in 1...8 { agenda.add(.confirm, at: now + .minutes(Int64(minute))) }
    }

    /// A person lets a held plan go.
    mutating func confirm() {
        for process in processes.indices {
            guard let engine = processes[process].engine else { continue }
            guard let held = engine.record(of: SimulatedGit.source)?.held else { continue }
            processes[process].requests += 1
            let request = ControlRequest.sync(source: SimulatedGit.source, confirm: held.planHash)
            note("a person confirms \(held.planHash.short) at process \(process)")
            deliver(.request(processes[process].requests, request), to: process, life: processes[process].life)
        }
    }

    static func firstApps(_ count: Int, _ random: inout SplitMix64) -> [AppID: AppSpec] {
        var apps: [AppID: AppSpec] = [:]
        for number in 1...count {
            var app = World.app(number: number, &random)
            if number > 1, random.oneIn(3) { app.dependencies = ["/app\(random.int(1...(number - 1)))"] }
            apps[app.id] = app
        }
        return apps
    }

    static func app(number: Int, _ random: inout SplitMix64) -> AppSpec {
        guard let id = AppID("/app\(number)") else { preconditionFailure("no id for number \(number)") }
        let strategies = [(1.0, 1.0), (0.5, 0.0), (1.0, 0.0), (0.5, 0.5), (0.0, 0.0), (0.75, 0.25)]
        let (health, over) = random.pick(strategies)
        var app = AppSpec(id: id, cmd: "sleep \(random.int(1...99))")
        app.resources = Resources(cpus: Int64(random.int(1...3)) * 50, mem: 64_000)
        app.instances = random.int(1...5)
        app.upgradeStrategy = UpgradeStrategy(
            minimumHealthMillionths: Int64(health * 1_000_000),
            maximumOverMillionths: Int64(over * 1_000_000)
        )
        app.backoff = BackoffPolicy(first: .seconds(1), factorMillionths: 2_000_000, longest: .seconds(20))
        if random.oneIn(2) {
            app.healthChecks = [HealthCheck(probe: .http(path: "/", port: .index(0), tls: false))]
        }
        if random.oneIn(5) { app.constraints = [Constraint(field: "rack", comparison: .maxPer, value: "4")] }
        if number % 3 == 0 { app.role = "batch" }
        if number % 4 == 0 { app.constraints.append(Constraint(field: "tier", comparison: .unlike, value: "o.*")) }
        return app
    }

    static func changed(_ app: AppSpec?, _ random: inout SplitMix64) -> AppSpec? {
        guard var app else { return nil }
        switch random.int(1...8) {
        case 1...3: app.env["LEVEL"] = "\(random.int(1...99))"
        case 4: app.instances = random.int(0...6)
        case 5: app.cmd = "crash"
        case 6: app.cmd = app.healthChecks.isEmpty ? "crash" : "sick"
        case 7: app.killSelection = app.killSelection == .oldestFirst ? .youngestFirst : .oldestFirst
        default: app.cmd = "sleep \(random.int(100...999))"
        }
        return app
    }
}
