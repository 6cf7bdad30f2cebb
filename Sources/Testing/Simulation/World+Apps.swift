import Domain
import OrderedCollections
import SeededRandom

/// What the apps of a world are like.
extension World {
    /// The groups that apps lie in, in the order in which they may depend on each other: an app depends on apps before
    /// it in its own group, or on what lies in the groups before.
    static let groups = ["/left", "/right", ""]

    /// Every id that an app of this world can have.
    static let ids: [AppID] = groups.flatMap { group in (1...6).compactMap { AppID("\(group)/app\($0)") } }

    /// The ids that a source may declare.
    static func ids(of git: SimulatedGit) -> [AppID] { ids.filter(git.group.contains) }

    /// A new app.
    mutating func app(_ id: AppID) -> AppSpec {
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
        if random.oneIn(4) { app.constraints.append(Constraint(field: "tier", comparison: .unlike, value: "o.*")) }
        if random.oneIn(3) { app.role = "batch" }
        if random.oneIn(5) {
            app.unreachableStrategy = .replace(
                inactiveAfter: .seconds(Int64(random.pick([0, 20, 90]))),
                expungeAfter: .seconds(Int64(random.pick([0, 120, 600])))
            )
        }
        if shape.hasStrategies, random.oneIn(2) { app.rollout = strategy(of: app.instances) }
        if random.oneIn(3) { app.dependencies = dependencies(of: id) }
        if shape.hasConstraints, random.oneIn(2), ![.gpu, .fixedPort].contains(kind(of: id)) {
            app.constraints = [constraint()]
            app.instances = min(app.instances, limit(of: app))
        }
        furnish(&app)
        return app
    }

    private mutating func strategy(of instances: Int) -> RolloutStrategy? {
        let strategy = RolloutStrategy(
            canary: random.oneIn(2) ? random.int(1...max(1, instances)) : 0,
            promotion: random.oneIn(3) ? .manual : .automatic,
            watch: .seconds(Int64(random.pick([0, 0, 5, 15]))),
            maxFailures: random.int(1...3),
            onFailure: random.pick([.rollback, .rollback, .pause, .continue]),
            deadline: .seconds(Int64(random.pick([20, 60, 600])))
        )
        return strategy == RolloutStrategy() ? nil : strategy
    }

    private mutating func dependencies(of id: AppID) -> [String] {
        guard let place = World.ids.firstIndex(of: id), place > 0 else { return [] }
        // What two sources declare can go round in a circle, which no one of them can see.
        guard gits.count == 1 || !random.oneIn(12) else { return [random.pick(World.ids).path] }
        let group = id.group
        let groups = World.groups.filter { path in
            GroupID(path).map { $0 != group && !$0.contains(id) && path < group.path } ?? false
        }
        guard groups.isEmpty || random.oneIn(2) else { return [random.pick(groups)] }
        return [random.pick(Array(World.ids[..<place])).path]
    }

    /// Another version of an app.
    mutating func changed(_ app: AppSpec) -> AppSpec {
        var app = app
        let isChecked = app.isChecked
        switch random.int(1...10) {
        case 1...3: app.env["LEVEL"] = "\(random.int(1...99))"
        case 4: app.instances = random.int(0...limit(of: app))
        case 5: World.set("crash", of: &app)
        case 6: World.set(isChecked ? "sick" : "crash", of: &app)
        case 7: app.killSelection = app.killSelection == .oldestFirst ? .youngestFirst : .oldestFirst
        case 8 where shape.hasStrategies: app.rollout = strategy(of: app.instances)
        default: World.set("sleep \(random.int(100...999))", of: &app)
        }
        return app
    }

    /// Whether an app's tasks can become healthy.
    static func works(_ app: AppSpec) -> Bool { command(of: app).hasPrefix("sleep") }
}
