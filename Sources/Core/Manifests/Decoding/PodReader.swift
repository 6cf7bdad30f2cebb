import Domain
import OrderedCollections

/// Reads one pod: its own fields, its containers one by one, and the rules that tie them together (Marathon 1.11's pod
/// definition).
struct PodReader {
    let table: MappingReader
    var log: ProblemLog { table.log }

    private static let instances: ClosedRange<Int64> = 0...1_000_000
    /// A length of time in milliseconds: pods may have fractions of seconds.
    private static let span: ClosedRange<Int64> = 0...1_000_000_000_000

    /// The pod's spec. Where a value is wrong it is reported and its default stands in.
    func spec(id: AppID) -> AppSpec {
        var spec = AppSpec(id: id, portDefinitions: [])
        spec.user = AppReader(table: table).nonEmptyText("user")
        spec.env = PodEnvironmentReader(table: table).variables()
        spec.labels = table.textTable("labels") ?? [:]
        let containers = containers()
        let volumes = PodVolumeReader(table: table)
        spec.pod = PodSpec(
            containers: containers.map(\.container),
            executorResources: executorResources(),
            volumes: volumes.names(mountedBy: containers)
        )
        readScaling(into: &spec)
        readScheduling(into: &spec)
        spec.rollout = RolloutReader(table: table, instances: spec.instances).strategy()
        refuseContainerNetworks()
        checkEndpoints(of: containers)
        return spec
    }

    private func containers() -> [PodContainerReader.Result] {
        let items = table.items("containers") ?? []
        if items.isEmpty, case .sequence? = table.value("containers")?.content {
            table.report(.badValue, at: "containers", "The pod has no containers", hint: "give it at least one")
        } else if !table.has("containers") {
            table.reportMissing("containers", hint: "give the pod at least one container")
        }
        var names: Set<String> = []
        return items.compactMap { item in
            guard let reader = MappingReader(item.node, path: item.path, keys: PodKeys.container, log: log) else {
                return nil
            }
            let result = PodContainerReader(table: reader).container()
            let name = result.container.name
            if !name.isEmpty, !names.insert(name).inserted {
                let message = "Two containers are named `\(name)`"
                reader.report(.duplicateName, at: "name", message, hint: "rename one of them")
            }
            return result
        }
    }

    /// Mesos refuses a task group whose executor has less than 0.01 CPUs or 32 MiB, or no disk (its master's validation).
    private func executorResources() -> Resources {
        let standard = PodSpec.standardExecutorResources
        let most: Int64 = 1_000_000_000_000
        guard let reader = table.mapping("executorResources", keys: PodKeys.executorResources) else { return standard }
        return Resources(
            cpus: reader.number("cpus", places: 3, in: 10...1_000_000_000) ?? standard.cpus,
            mem: reader.number("mem", places: 3, in: 32_000...most) ?? standard.mem,
            disk: reader.number("disk", places: 3, in: 1...most) ?? standard.disk
        )
    }

    private func readScaling(into spec: inout AppSpec) {
        guard let scaling = table.mapping("scaling", keys: PodKeys.scaling) else { return }
        _ = scaling.choice("kind", among: ["fixed"])
        spec.instances = Int(scaling.integer("instances", in: PodReader.instances) ?? 1)
    }

    private func readScheduling(into spec: inout AppSpec) {
        guard let scheduling = table.mapping("scheduling", keys: PodKeys.scheduling) else { return }
        let reader = AppReader(table: scheduling)
        spec.killSelection = reader.killSelection()
        spec.unreachableStrategy = reader.unreachableStrategy()
        if let backoff = scheduling.mapping("backoff", keys: PodKeys.backoff) { spec.backoff = self.backoff(backoff) }
        if let upgrade = scheduling.mapping("upgrade", keys: AppKeys.upgradeStrategy) {
            let share: ClosedRange<Int64> = 0...1_000_000
            spec.upgradeStrategy = UpgradeStrategy(
                minimumHealthMillionths: upgrade.number("minimumHealthCapacity", places: 6, in: share) ?? 1_000_000,
                maximumOverMillionths: upgrade.number("maximumOverCapacity", places: 6, in: share) ?? 1_000_000
            )
        }
        guard let placement = scheduling.mapping("placement", keys: PodKeys.placement) else { return }
        spec.constraints = ConstraintReader(table: placement).podConstraints()
        spec.acceptedResourceRoles = AppReader(table: placement).acceptedResourceRoles()
    }

    private func backoff(_ reader: MappingReader) -> BackoffPolicy {
        let standard = BackoffPolicy()
        func span(_ key: String, _ otherwise: Milliseconds) -> Milliseconds {
            reader.number(key, places: 3, in: PodReader.span).map(Milliseconds.init) ?? otherwise
        }
        let factors: ClosedRange<Int64> = 1_000_000...1_000_000_000
        return BackoffPolicy(
            first: span("backoff", standard.first),
            factorMillionths: reader.number("backoffFactor", places: 6, in: factors) ?? standard.factorMillionths,
            longest: span("maxLaunchDelay", standard.longest)
        )
    }

    private func refuseContainerNetworks() {
        for item in table.items("networks") ?? [] {
            guard let network = MappingReader(item.node, path: item.path, keys: AppKeys.network, log: log) else {
                continue
            }
            // What says nothing is a container network in Marathon.
            guard network.text("mode") != "host" || network.has("name") else { continue }
            network.report(
                .notSupported,
                at: "mode",
                "`\(item.path)` is a network of containers, which Pacer does not support yet",
                hint: "write `networks: [{mode: host}]`; the endpoints are ports of the host then"
            )
        }
    }

    /// Names and host ports of endpoints are unique in the whole pod: they become variables of every container.
    private func checkEndpoints(of containers: [PodContainerReader.Result]) {
        var names: Set<String> = []
        var numbers: Set<Int> = []
        for (endpoint, reader) in containers.flatMap(\.endpoints) {
            if !endpoint.name.isEmpty, !names.insert(endpoint.name).inserted {
                let message = "Two endpoints of the pod are named `\(endpoint.name)`"
                reader.report(.duplicatePort, at: "name", message, hint: "rename one of them")
            }
            if endpoint.hostPort != 0, !numbers.insert(endpoint.hostPort).inserted {
                let message = "The host port \(endpoint.hostPort) stands twice in the pod"
                reader.report(.duplicatePort, at: "hostPort", message, hint: "give one of them another number")
            }
        }
    }
}
