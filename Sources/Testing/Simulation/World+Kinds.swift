import Domain
import OrderedCollections
import SeededRandom

/// What kinds of apps there are in a world.
///
/// An id is of the same kind as long as the world lasts: what is reserved for an instance cannot change with a commit, and
/// a world in which every other commit is refused for that would show little else.
package enum AppKind: String, CaseIterable, Hashable, Sendable {
    /// A command, with ports that the scheduler chooses.
    case plain
    /// Containers side by side, as one task group.
    case pod
    /// Instances stay where their volumes are.
    case resident
    /// The port must be one and no other.
    case fixedPort = "fixed port"
    /// Several ports for each instance.
    case manyPorts = "many ports"
    /// Instances use GPUs.
    case gpu
}

extension World {
    /// The port that apps of a fixed port have.
    static let fixedPort = 31_017

    /// Decides what every id is.
    mutating func chooseKinds() {
        for id in World.ids {
            let common: [AppKind] = [.plain, .plain, .plain, .plain]
            kinds[id] = random.pick(common + shape.kinds)
        }
    }

    /// What an id is.
    func kind(of id: AppID) -> AppKind { kinds[id] ?? .plain }

    /// Gives a new app what its kind wants.
    mutating func furnish(_ app: inout AppSpec) {
        switch kind(of: app.id) {
        case .plain: break
        case .pod:
            app.pod = pod(running: app.cmd ?? "", isChecked: !app.healthChecks.isEmpty)
            app.portDefinitions = []
            app.healthChecks = []
            app.cmd = nil
        case .resident:
            app.resources = Resources(cpus: 100, mem: 64_000)
            app.role = "batch"
            app.persistentVolumes = (0...(app.id.path.utf8.last.map { Int($0 % 2) } ?? 0)).map { number in
                PersistentVolume(containerPath: "data\(number)", size: 100_000)
            }
            app.residency = random.oneIn(2) ? .waitForever : .relaunch(after: .seconds(Int64(random.pick([20, 90]))))
            app.unreachableStrategy = nil
            // Marathon's rule: nothing runs beside an instance that goes, since it would have none of the data.
            app.upgradeStrategy.maximumOverMillionths = 0
        case .fixedPort:
            app.portDefinitions = [PortDefinition(port: World.fixedPort, name: "default")]
            app.requirePorts = true
            app.constraints = []
            app.instances = min(app.instances, 2)
        case .manyPorts:
            app.portDefinitions += [PortDefinition(port: 0, name: "second"), PortDefinition(port: 0, name: "third")]
        case .gpu:
            app.resources.gpus = 1000
            app.constraints = []
            app.instances = min(app.instances, 2)
        }
    }

    private mutating func pod(running command: String, isChecked: Bool) -> PodSpec {
        let resources = Resources(cpus: 50, mem: 32_000)
        let check = isChecked ? HealthCheck(probe: .http(path: "/", port: .index(0), tls: false)) : nil
        var containers = [
            PodContainer(
                name: "main",
                command: .shell(command),
                resources: resources,
                endpoints: [PodEndpoint(name: "web")],
                healthCheck: check
            )
        ]
        if random.oneIn(2) {
            containers.append(PodContainer(name: "side", command: .shell("sleep 5"), resources: resources))
        }
        // It has something to do once, and the others go on without it.
        if random.oneIn(3) {
            containers.append(PodContainer(name: "once", command: .shell("once"), resources: resources))
        }
        let executor = Resources(cpus: 10, mem: 32_000)
        return PodSpec(containers: containers, executorResources: executor)
    }

    /// What decides whether an app's tasks live: `sleep …`, `crash` or `sick`.
    static func command(of app: AppSpec) -> String {
        guard let main = app.pod?.containers.first(where: { $0.name == "main" }) else { return app.cmd ?? "sleep" }
        if case .shell(let command) = main.command { return command }
        return "sleep"
    }

    /// Gives an app another command.
    static func set(_ command: String, of app: inout AppSpec) {
        guard let pod = app.pod else { return app.cmd = command }
        let containers = pod.containers.map { container in
            var container = container
            if container.name == "main" { container.command = .shell(command) }
            return container
        }
        app.pod = PodSpec(containers: containers, executorResources: pod.executorResources, volumes: pod.volumes)
    }

    /// How many instances of an app there may be, so that there is a place for each of them.
    func limit(of app: AppSpec) -> Int {
        if [.fixedPort, .gpu].contains(kind(of: app.id)) { return 2 }
        return app.constraints.contains { $0.comparison == .unique } ? 3 : 6
    }

    /// A rule for placement that this cluster can follow, with all of its agents there.
    mutating func constraint() -> Constraint {
        let hosts = shape.cluster.agents >= 9
        switch random.int(1...8) {
        case 1: return Constraint(field: "hostname", comparison: hosts ? .unique : .maxPer, value: hosts ? nil : "4")
        case 2: return Constraint(field: "rack", comparison: .cluster)
        case 3: return Constraint(field: "rack", comparison: .groupBy, value: random.oneIn(2) ? "3" : nil)
        case 4: return Constraint(field: "rack", comparison: .like, value: "r[01]")
        case 5 where shape.cluster.hasDomains: return Constraint(field: "@zone", comparison: .groupBy)
        case 6 where shape.cluster.hasDomains: return Constraint(field: "@region", comparison: .like, value: ".*here")
        case 7: return Constraint(field: "rack", comparison: .isValue, value: "r1")
        default: return Constraint(field: "rack", comparison: .maxPer, value: "4")
        }
    }
}
