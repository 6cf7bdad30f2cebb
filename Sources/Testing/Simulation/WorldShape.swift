package import Controller
import Domain
package import Rollout
package import Scheduling
package import SeededRandom

/// What kind of world a seed makes: how many sources, which budgets, how patient everything is.
package struct WorldShape: Sendable {
    /// The sources, the one mounted at the root first.
    package var sources: [ControllerSettings.Source]
    /// What is done about commits without a person.
    package var sync = ControllerSettings.Sync()
    /// Budgets and the brake.
    package var policy = RolloutPolicy()
    /// The scheduler's times.
    package var scheduling = SchedulerSettings()
    /// The agents.
    package var cluster = ClusterShape()
    /// How many values the store takes in one transaction: a larger batch is cut. The real one takes some 100.
    var writesPerTransaction = 4
    /// Kinds of apps that there are besides plain ones.
    package var kinds: [AppKind] = []
    /// Whether apps say where they want to be placed beyond the simplest.
    package var hasConstraints = false
    /// Whether apps say under `rollout` how a new version comes out.
    package var hasStrategies = true
    /// Whether people order things.
    package var hasOrders = true
    /// Whether operators do things with agents.
    package var hasMaintenance = true
    /// Whether somebody follows every advice once nothing goes wrong any more; then nothing is left that waits.
    package var isTended = true
    /// Whether the last commit gives every app a new definition, or only mends those that cannot work.
    package var endsWithAll = true

    /// The world of one source in which nobody does anything but push.
    package init() {
        sources = [ControllerSettings.Source(name: "world", group: .root, poll: .seconds(10))]
        scheduling.reconcileInterval = .minutes(2)
    }

    /// A world of three agents, for one crash each.
    static var smallest: WorldShape {
        var shape = WorldShape()
        shape.cluster.agents = 3
        shape.kinds = [.pod, .pod, .resident, .resident]
        return shape
    }

    /// The world that a seed makes.
    package init(random: inout SplitMix64) {
        self.init()
        let mounts = ["left", "right"].prefix(random.pick([0, 1, 1, 2]))
        sources += mounts.compactMap { name in
            GroupID("/\(name)").map { ControllerSettings.Source(name: name, group: $0, poll: .seconds(10)) }
        }
        if random.oneIn(4) { sync.pruneApps = 0 }
        if random.oneIn(3) { policy.maxConcurrentApps = random.int(1...3) }
        if random.oneIn(3) { policy.maxConcurrentTasks = random.int(2...5) }
        if random.oneIn(2) {
            policy.brake.lostTasks = random.int(3...6)
            policy.brake.window = .seconds(Int64(random.int(30...90)))
        }
        if random.oneIn(2) {
            policy.brake.wideDeployment = 4
            policy.brake.failedApps = 2
        }
        scheduling.maintenanceHorizon = random.pick([.seconds(30), .minutes(2), .minutes(240)])
        scheduling.refuseInverse = .seconds(Int64(random.pick([20, 60, 3600])))
        scheduling.unreachableReplaceAfter = .seconds(Int64(random.pick([0, 0, 30])))
        if random.oneIn(3) { scheduling.reconcileInterval = .minutes(10) }
        isTended = !random.oneIn(3)
        endsWithAll = random.oneIn(2)
        cluster = ClusterShape(random: &random)
        hasConstraints = random.oneIn(2)
        for kind in [AppKind.pod, .resident, .fixedPort, .manyPorts] where random.oneIn(2) { kinds.append(kind) }
        if cluster.hasGPUs { kinds.append(.gpu) }
        scheduling.reservationPatience = .minutes(5)
        scheduling.launchConfirm = .seconds(Int64(random.pick([60, 300])))
        scheduling.leftoverInterval = .minutes(random.pick([2, 5]))
        writesPerTransaction = random.pick([2, 4, 8, 100])
    }

    /// What the controllers are told.
    package var settings: ControllerSettings {
        var settings = ControllerSettings(name: "pacer", environment: nil, sources: sources, sync: sync)
        settings.rollouts = policy
        return settings
    }
}
