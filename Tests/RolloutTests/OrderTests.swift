import Domain
import OrderedCollections
import Planning
import Testing

@testable import Rollout

/// What people order, on one app at a time.
struct OrderTests {
    private let web = app("/web")

    /// A world whose app is healthy on v1.
    private func settled(_ strategy: RolloutStrategy? = nil) -> World {
        var world = World(seed: 7)
        commit("v1", strategy, to: &world)
        while world.live(.good) {}
        return world
    }

    private func commit(_ cmd: String, _ strategy: RolloutStrategy? = nil, to world: inout World) {
        world.git[web] = spec("/web", cmd: cmd, instances: 3, minimumHealthy: 50, rollout: strategy)
        world.sync()
    }

    private func phase(_ world: World) -> RolloutRecord.Phase? { world.records[web]?.rollout?.phase }

    private func commands(_ world: World) -> [String] {
        world.members(of: web).filter { $0.goal == .running }.compactMap { world.specs[$0.digest]?.app.cmd }
    }

    @Test func `a paused rollout starts and stops nothing, and goes on where it was`() {
        var world = settled()
        commit("v2", to: &world)
        world.order(.pause, web)
        let before = commands(world)
        while world.live(.good) {}
        #expect(commands(world) == before)
        #expect(phase(world) == .paused)
        #expect(world.records[web]?.rollout?.reason == "paused by anna until 1970-01-02T00:16:41Z")
        world.order(.resume, web)
        while world.live(.good) {}
        #expect(commands(world) == ["v2", "v2", "v2"])
        #expect(phase(world) == nil)
    }

    @Test func `an aborted rollout stays half-way, until git changes the app`() {
        var world = settled()
        commit("v2", to: &world)
        world.order(.abort, web)
        let before = commands(world)
        while world.live(.good) {}
        #expect(commands(world) == before)
        #expect(phase(world) == .aborted)
        commit("v3", to: &world)
        while world.live(.good) {}
        #expect(commands(world) == ["v3", "v3", "v3"])
    }

    @Test func `a rollback by order pins the app, and a newer commit waits until the pin expires`() {
        var world = settled()
        commit("v2", to: &world)
        while world.live(.good) {}
        world.order(.rollback, web, duration: .seconds(3600))
        while world.live(.good) {}
        #expect(commands(world) == ["v1", "v1", "v1"])
        #expect(world.records[web]?.pin?.order.who == "anna")
        commit("v3", to: &world)
        while world.live(.good) {}
        #expect(commands(world) == ["v1", "v1", "v1"])
        let pinnedUntil = world.records[web]?.pin?.order.until
        while world.records[web]?.pin != nil, world.wake() {}
        #expect(pinnedUntil.map { world.now >= $0 } == true)
        while world.live(.good) {}
        #expect(commands(world) == ["v3", "v3", "v3"])
        #expect(world.notes.contains { if case .expired = $0 { true } else { false } })
    }

    @Test func `a pin that is ordered anew still lets go of what it held back when it ends`() {
        var world = settled()
        commit("v2", to: &world)
        while world.live(.good) {}
        world.order(.rollback, web, duration: .seconds(3600))
        while world.live(.good) {}
        world.order(.rollback, web, duration: .seconds(60))
        while world.records[web]?.pin != nil, world.wake() {}
        while world.live(.good) {}
        #expect(world.records[web]?.heldBack == nil)
    }

    @Test func `what had failed before a person went back is not tried again when the pin ends`() {
        var world = settled(RolloutStrategy(maxFailures: 1, onFailure: .pause))
        commit("broken", RolloutStrategy(maxFailures: 1, onFailure: .pause), to: &world)
        while phase(world) == .rolling, world.live(.good) {}
        #expect(phase(world) == .paused)
        world.order(.rollback, web, duration: .seconds(60))
        while world.live(.good) {}
        while world.records[web]?.pin != nil, world.wake() {}
        while world.live(.good) {}
        #expect(commands(world) == ["v1", "v1", "v1"])
        #expect(world.records[web]?.heldBack?.digest == world.git[web]?.digest)
        world.order(.retry, web)
        #expect(world.records[web]?.heldBack == nil)
    }

    @Test func `what had failed stays held back though a person goes back further`() {
        var world = settled()
        commit("v2", to: &world)
        while world.live(.good) {}
        commit("broken", RolloutStrategy(maxFailures: 1), to: &world)
        while phase(world) == .rolling, world.live(.good) {}
        while world.live(.good) {}
        #expect(commands(world) == ["v2", "v2", "v2"])
        world.order(.rollback, web, duration: .seconds(60))
        while world.live(.good) {}
        #expect(commands(world) == ["v1", "v1", "v1"])
        while world.records[web]?.pin != nil, world.wake() {}
        while world.live(.good) {}
        #expect(commands(world) == ["v1", "v1", "v1"], "git's version has failed")
        #expect(world.records[web]?.heldBack?.digest == world.git[web]?.digest)
    }

    /// An app whose way back from v2 was aborted before its end.
    private func half(_ duration: Milliseconds = .seconds(600)) -> World {
        var world = settled()
        commit("v2", to: &world)
        while world.live(.good) {}
        world.order(.rollback, web, duration: duration)
        world.live(.good)
        world.order(.abort, web)
        return world
    }

    @Test func `a way back that was aborted stays half-way when its pin ends`() {
        var world = half()
        let before = commands(world)
        while world.records[web]?.pin != nil, world.wake() {}
        while world.live(.good) {}
        #expect(phase(world) == .aborted)
        #expect(commands(world) == before)
        #expect(world.records[web]?.heldBack?.digest == world.git[web]?.digest)
    }

    @Test func `to lift the pin of a way back that was aborted leads nowhere, and says what does`() {
        var world = half()
        world.order(.resume, web)
        #expect(phase(world) == .aborted)
        let words = "stays held back until git changes the app or: pacer rollout retry /web"
        #expect(world.answers.last?.text.contains(words) == true)
    }

    @Test(arguments: [RolloutVerb.retry, .rollback])
    func `a way back that was aborted is taken up again, by either word`(verb: RolloutVerb) {
        var world = half()
        world.order(verb, web)
        #expect(world.answers.last?.isDone == true)
        #expect(phase(world) == .rollingBack)
        while world.records[web]?.rollout != nil, world.live(.good) || world.wake() {}
        #expect(commands(world) == ["v1", "v1", "v1"])
        #expect(world.records[web]?.heldBack?.digest == world.git[web]?.digest)
        #expect(world.violations.isEmpty)
    }

    @Test func `a way back that does not get anywhere is stalled, and others have its turn`() {
        var world = settled()
        commit("v2", to: &world)
        while world.live(.good) {}
        world.order(.rollback, web)
        while world.records[web]?.rollout?.hindrance != .stalled, world.wake() {}
        #expect(phase(world) == .rollingBack)
        #expect(world.records[web]?.rollout?.hindrance == .stalled)
    }

    @Test func `a rollback of several apps takes what depends on others back first`() {
        let db = app("/db")
        var world = World(seed: 11)
        func commands(of app: AppID) -> Set<String> {
            Set(world.members(of: app).compactMap { world.specs[$0.digest]?.app.cmd })
        }
        for version in ["v1", "v2"] {
            world.git[db] = spec("/db", cmd: version, instances: 2, checked: true)
            world.git[web] = spec("/web", cmd: version, instances: 2, checked: true, dependencies: ["/db"])
            world.sync()
            while world.live(.good) {}
        }
        world.order(.rollback, web)
        world.order(.rollback, db)
        var turns = 0
        while world.records[web]?.rollout != nil, world.live(.good) {
            guard world.records[web]?.rollout != nil else { break }
            turns += 1
            #expect(commands(of: db) == ["v2"], "nothing of /db moves before /web is back")
            #expect(world.records[db]?.rollout?.reason == "rolls back after /web, which depends on it")
        }
        #expect(turns > 2)
        while world.live(.good) {}
        #expect(commands(of: web) == ["v1"])
        #expect(commands(of: db) == ["v1"])
        #expect(world.violations.isEmpty)
    }

    @Test func `what waits to go back launches nothing of the version that it leaves`() throws {
        let db = app("/db")
        var world = World(seed: 11)
        for version in ["v1", "v2"] {
            world.git[db] = spec("/db", cmd: version, instances: 2, checked: true)
            world.git[web] = spec("/web", cmd: version, instances: 2, checked: true, dependencies: ["/db"])
            world.sync()
            while world.live(.good) {}
        }
        world.order(.rollback, web)
        world.order(.rollback, db)
        let member = try #require(world.members(of: db).first)
        world.instances[member.id]?.task = nil
        world.instances[member.id]?.condition = .scheduled
        world.tell(db)
        #expect(world.records[db]?.rollout?.reason == "rolls back after /web, which depends on it")
        #expect(world.instances[member.id]?.digest == world.records[db]?.desired)
        let others = world.members(of: db).filter { $0.id != member.id }
        #expect(others.map(\.digest) == [member.digest], "what runs stays as it is until then")
        while world.live(.good) {}
        #expect(world.violations.isEmpty)
    }

    @Test func `what was rolled back is not tried again, until somebody says so`() {
        var world = settled()
        commit("broken", to: &world)
        while world.live(.good) {}
        #expect(commands(world) == ["v1", "v1", "v1"])
        #expect(world.records[web]?.heldBack?.reason.contains("3 new tasks failed") == true)
        #expect(world.plan.changes.isEmpty)
        world.order(.retry, web)
        #expect(world.records[web]?.heldBack == nil)
        #expect(phase(world) == .rolling, "the plan leads to what git has again")
    }

    @Test func `an app that was never healthy is paused by its failures, not thrown away`() {
        var world = World(seed: 3)
        commit("broken", to: &world)
        for _ in 0..<200 where phase(world) != .paused { world.live(.good) }
        #expect(phase(world) == .paused)
        #expect(world.records[web]?.rollout?.reason.contains("pacer rollout retry /web") == true)
        commit("v1", to: &world)
        while world.live(.good) {}
        #expect(commands(world) == ["v1", "v1", "v1"])
    }

    @Test func `a strategy may go on whatever fails`() {
        var world = settled()
        commit("broken", RolloutStrategy(onFailure: .continue), to: &world)
        for _ in 0..<300 { world.live(.good) }
        #expect(phase(world) == .rolling)
        #expect((world.records[web]?.rollout?.failures ?? 0) > 3)
    }

    @Test func `a restart replaces every task within the bounds`() {
        var world = settled()
        let before = Set(world.members(of: web).map(\.id))
        world.order(.restart, web)
        while world.live(.good) {}
        #expect(Set(world.members(of: web).map(\.id)).isDisjoint(with: before))
        #expect(commands(world) == ["v1", "v1", "v1"])
        #expect(phase(world) == nil)
        #expect(world.violations.isEmpty)
    }

    @Test func `a suspended app runs nothing until its time is over`() {
        var world = settled()
        world.order(.suspend, web, duration: .seconds(60))
        while world.live(.good) {}
        #expect(world.members(of: web).isEmpty)
        while world.records[web]?.suspension != nil, world.wake() {}
        while world.live(.good) {}
        #expect(commands(world) == ["v1", "v1", "v1"])
    }

    @Test(arguments: [true, false])
    func `what runs on an agent that goes is replaced in time, within the bounds`(healsDrift: Bool) {
        var policy = RolloutPolicy()
        policy.healsDrift = healsDrift
        var world = World(seed: 11, policy: policy)
        commit("v1", to: &world)
        while world.live(.good) {}
        let leaving = world.members(of: web).prefix(2)
        for instance in leaving { world.announceMaintenance(of: instance, at: world.now + .seconds(3600)) }
        while world.live(.good) {}
        let left = Set(world.members(of: web).map(\.id))
        #expect(left.isDisjoint(with: leaving.map(\.id)))
        #expect(commands(world) == ["v1", "v1", "v1"])
        #expect(world.violations.isEmpty)
    }

    @Test(arguments: [
        (RolloutVerb.pause, RolloutAnswer.Outcome.finished, "it has no rollout"),
        (.resume, .finished, "nothing holds it"), (.abort, .finished, "it has no rollout"),
        (.rollback, .refused, "there is nothing to go back to"), (.retry, .finished, "nothing of it failed"),
        (.promote, .finished, "it has no canary out"),
    ])
    func `an order that does not fit is refused with the reason`(
        verb: RolloutVerb,
        outcome: RolloutAnswer.Outcome,
        reason: String
    ) {
        var world = settled()
        let order = Order(who: "anna", why: "", at: world.now)
        let command = RolloutCommand(app: web, verb: verb, order: order, deployment: DeploymentID("d"))
        let answer = world.rollouts.obey(command, at: world.now)
        #expect(!answer.isDone)
        #expect(answer.outcome == outcome)
        #expect(answer.text.contains(reason), "\(answer.text)")
    }

    @Test(
        arguments: [
            ([], RolloutVerb.resume, RolloutAnswer.Outcome.unchanged), ([], .retry, .unchanged),
            ([], .promote, .unchanged),
            ([], .restart, .refused), ([.pause], .pause, .unchanged), ([.abort], .abort, .unchanged),
            ([.abort], .pause, .unchanged), ([.abort], .resume, .refused), ([.pause], .retry, .refused),
            ([.suspend], .suspend, .unchanged),
            ([.suspend], .resume, .done),
        ] as [([RolloutVerb], RolloutVerb, RolloutAnswer.Outcome)]
    )
    func `an order that is obeyed already is told apart from one that cannot be`(
        before: [RolloutVerb],
        verb: RolloutVerb,
        outcome: RolloutAnswer.Outcome
    ) {
        var world = settled()
        commit("v2", to: &world)
        for verb in before { world.order(verb, web) }
        let order = Order(who: "anna", why: "", at: world.now)
        let command = RolloutCommand(app: web, verb: verb, order: order, deployment: DeploymentID("d"))
        #expect(world.rollouts.obey(command, at: world.now).outcome == outcome)
    }

    @Test func `a paused app that is suspended besides does not forget why it is paused`() {
        var world = settled()
        commit("v2", to: &world)
        world.order(.pause, web)
        let reason = world.records[web]?.rollout?.reason
        world.order(.suspend, web)
        while world.live(.good) {}
        #expect(reason?.hasPrefix("paused by anna") == true)
        #expect(world.records[web]?.rollout?.reason == reason)
        #expect(world.records[web]?.rollout?.hindrance == nil)
    }

    @Test func `the first apps of a wide commit that fail pull the brake for the rest`() {
        var world = World(seed: 5)
        let paths = (1...8).map { "/app\($0)" }
        for path in paths { world.git[app(path)] = spec(path, instances: 1) }
        world.sync()
        while world.live(.good) {}
        for path in paths.prefix(3) { world.git[app(path)] = spec(path, cmd: "broken", instances: 1) }
        for path in paths.dropFirst(3) {
            world.git[app(path)] = spec(path, cmd: "v2", instances: 1, dependencies: ["/app1"])
        }
        world.sync()
        for _ in 0..<400 { world.live(.good) }
        let paused = world.records.values.filter { $0.rollout?.phase == .paused }
        #expect(paused.count == 5)
        #expect(
            paused.allSatisfy { $0.rollout?.reason.contains("the brake: 3 apps of this deployment failed") == true }
        )
        #expect(paths.prefix(3).allSatisfy { world.records[app($0)]?.heldBack != nil })
    }

    @Test func `a burst of lost agents stops replacements until it is over, and healing goes on`() {
        var policy = RolloutPolicy()
        policy.brake.lostTasks = 3
        var world = World(seed: 9, policy: policy)
        world.git[app("/db")] = spec("/db", instances: 6)
        world.git[web] = spec("/web", instances: 3)
        world.sync()
        while world.live(.good) {}
        for instance in world.members(of: app("/db")).prefix(3) { world.lose(instance) }
        commit("v2", to: &world)
        while world.live(.good) {}
        #expect(world.healthy(app("/db")) == 6, "lost tasks are replaced")
        #expect(commands(world) == ["v1", "v1", "v1"])
        #expect(world.records[web]?.rollout?.reason.contains("the brake is on: 3 tasks were lost") == true)
        while world.live(.good) || world.wake() {}
        #expect(commands(world) == ["v2", "v2", "v2"])
    }

    @Test func `what is healed while the brake is on counts for those that still go back`() throws {
        let db = app("/db")
        var policy = RolloutPolicy()
        policy.brake.lostTasks = 3
        policy.maxConcurrentTasks = 3
        var world = World(seed: 9, policy: policy)
        for version in ["v1", "v2"] {
            world.git[db] = spec("/db", cmd: version, instances: 6)
            commit(version, to: &world)
            while world.live(.good) {}
        }
        world.git[db] = spec("/db", cmd: "v3", instances: 6)
        world.sync()
        func ready() -> [Instance] {
            world.members(of: db).filter { $0.condition == .running && $0.digest == world.git[db]?.digest }
        }
        while ready().count < 6, world.live(.good) {}
        try #require(world.records[db]?.rollout != nil, "some of the old ones still stop")
        for instance in ready().prefix(3) { world.lose(instance) }
        #expect(world.rollouts.isBraked(db))
        world.order(.rollback, web)
        #expect(commands(world).allSatisfy { $0 == "v2" }, "three are on their way already")
        #expect(world.records[web]?.rollout?.phase == .rollingBack)
        while world.records[web]?.rollout != nil, world.live(.good) || world.wake() {}
        #expect(commands(world) == ["v1", "v1", "v1"])
        #expect(world.violations.isEmpty)
    }
}
