import Domain
import OrderedCollections

/// Reads one pod: its own fields, its containers one by one, and the rules that tie them together (Marathon 1.11's pod
/// definition).
struct PodReader {
    let table: MappingReader
    var log: ProblemLog { table.log }

    /// The pod's spec. Where a value is wrong it is reported and its default stands in.
    func spec(id: AppID) -> AppSpec {
        var spec = AppSpec(id: id, portDefinitions: [])
        let secrets = SecretReader(table: table).secrets()
        spec.secrets = secrets.declared
        spec.user = table[PodForm.user]
        let environment = PodEnvironmentReader(table: table, secrets: secrets)
        (spec.env, spec.secretEnv) = environment.variables(PodForm.environment)
        spec.labels = table[PodForm.labels] ?? [:]
        spec.networks = NetworkReader(table: table).networks()
        let containers = containers(in: spec.networks, secrets)
        spec.pod = pod(of: containers, secrets)
        spec.role = PlacementReader(table: table).role()
        readScaling(into: &spec)
        readScheduling(into: &spec)
        spec.rollout = RolloutReader(table: table, instances: spec.instances).strategy()
        EndpointRules(log: log, networks: spec.networks).check(containers.flatMap(\.endpoints))
        return spec
    }

    private func pod(of containers: [PodContainerReader.Result], _ secrets: DeclaredSecrets) -> PodSpec {
        let volumes = PodVolumeReader(table: table, secrets: secrets).volumes(mountedBy: containers)
        var pod = PodSpec(
            containers: containers.map(\.container),
            executorResources: executorResources(),
            volumes: volumes.ephemeral
        )
        pod.hostVolumes = volumes.hosts.isEmpty ? nil : volumes.hosts
        pod.secretVolumes = volumes.secrets.isEmpty ? nil : volumes.secrets
        pod.linuxInfo = table[PodForm.linuxInfo].flatMap { LinuxReader(table: $0).info() }
        pod.sharesCgroups = table[PodForm.legacySharedCgroups] ? true : nil
        checkLimits(of: pod)
        return pod
    }

    /// Mesos limits a container only in a control group of its own.
    private func checkLimits(of pod: PodSpec) {
        guard pod.sharesCgroups == true, let limited = pod.containers.first(where: { $0.resourceLimits != nil }) else {
            return
        }
        table.log.report(
            .conflictingKeys,
            at: table.keyMark(of: "legacySharedCgroups"),
            "`legacySharedCgroups` cannot stand beside the `resourceLimits` of the container \(limited.name)",
            hint: "remove one of them: limits need a control group of the container's own"
        )
    }

    private func containers(in networks: [Network]?, _ secrets: DeclaredSecrets) -> [PodContainerReader.Result] {
        let items = table[PodForm.containers] ?? []
        if items.isEmpty, case .sequence(let all)? = table.value("containers")?.content, all.isEmpty {
            table.report(.badValue, at: "containers", "The pod has no containers", hint: "give it at least one")
        } else if !table.has("containers") {
            table.reportMissing("containers", hint: "give the pod at least one container")
        }
        var names: Set<String> = []
        return items.map { reader in
            let result = PodContainerReader(table: reader, networks: networks, secrets: secrets).container()
            let name = result.container.name
            if !name.isEmpty, !names.insert(name).inserted {
                let message = "Two containers are named `\(name)`"
                reader.report(.duplicateName, at: "name", message, hint: "rename one of them")
            }
            return result
        }
    }

    private func executorResources() -> Resources {
        guard let reader = table[PodForm.executorResources] else { return PodSpec.standardExecutorResources }
        return Resources(
            cpus: reader[ExecutorResourcesForm.podCPUs],
            mem: reader[ExecutorResourcesForm.mem],
            disk: reader[ExecutorResourcesForm.podDisk]
        )
    }

    private func readScaling(into spec: inout AppSpec) {
        guard let scaling = table[PodForm.scaling] else { return }
        _ = scaling[ScalingForm.kind]
        spec.instances = scaling[ScalingForm.instances]
    }

    private func readScheduling(into spec: inout AppSpec) {
        guard let scheduling = table[PodForm.scheduling] else { return }
        spec.killSelection = scheduling[SchedulingForm.killSelection]
        spec.unreachableStrategy = PlacementReader(table: scheduling).unreachableStrategy()
        if let backoff = scheduling[SchedulingForm.backoff] {
            spec.backoff = BackoffPolicy(
                first: backoff[SchedulingForm.first],
                factorMillionths: backoff[SchedulingForm.factor],
                longest: backoff[SchedulingForm.longest]
            )
        }
        if let upgrade = scheduling[SchedulingForm.upgrade] {
            spec.upgradeStrategy = UpgradeStrategy(
                minimumHealthMillionths: upgrade[UpgradeForm.minimumHealthCapacity] ?? 1_000_000,
                maximumOverMillionths: upgrade[UpgradeForm.maximumOverCapacity] ?? 1_000_000
            )
        }
        guard let placement = scheduling[SchedulingForm.placement] else { return }
        spec.constraints = ConstraintReader(table: placement).podConstraints()
        spec.acceptedResourceRoles = PlacementReader(table: placement).acceptedResourceRoles()
    }
}

/// What holds for the endpoints of all of a pod's containers together.
struct EndpointRules {
    let log: ProblemLog
    let networks: [Network]?

    /// Names and host ports are unique in the whole pod: they become variables of every container.
    func check(_ endpoints: [(endpoint: PodEndpoint, reader: MappingReader)]) {
        var names: Set<String> = []
        var hostPorts: Set<Int> = []
        var containerPorts: Set<Int> = []
        for (endpoint, reader) in endpoints {
            if !endpoint.name.isEmpty, !names.insert(endpoint.name).inserted {
                let message = "Two endpoints of the pod are named `\(endpoint.name)`"
                reader.report(.duplicatePort, at: "name", message, hint: "rename one of them")
            }
            if let port = endpoint.hostPort, port != 0, !hostPorts.insert(port).inserted {
                let message = "The host port \(port) stands twice in the pod"
                reader.report(.duplicatePort, at: "hostPort", message, hint: "give one of them another number")
            }
            if let port = endpoint.containerPort, port != 0, !containerPorts.insert(port).inserted {
                let message = "The container port \(port) stands twice in the pod, whose containers share their network"
                reader.report(.duplicatePort, at: "containerPort", message, hint: "give one of them another number")
            }
            checkNetworks(of: endpoint, reader)
        }
    }

    private func checkNetworks(of endpoint: PodEndpoint, _ reader: MappingReader) {
        let names = networks?.compactMap(\.name) ?? []
        let written = endpoint.networkNames ?? []
        for name in written where !names.contains(name) {
            let near = Spelling.nearest(to: name, among: names)
            let hint = near.map { "did you mean `\($0)`?" } ?? "add it to `networks`"
            let message = "`\(reader.path)` is for the network `\(clipped(name))`, which the pod does not join"
            reader.report(.badNetworks, at: "networkNames", message, hint: hint)
        }
        guard names.count > 1, endpoint.hostPort != nil, written.count != 1 else { return }
        let message = "`\(reader.path)` has a port of the host, and does not say to which of the networks it leads"
        reader.report(.badNetworks, at: "hostPort", message, hint: "name one: `networkNames: [\(names[0])]`")
    }
}
