import Domain
import OrderedCollections

/// Describes a pod's task groups to Mesos. Names, labels, environment and discovery information are Marathon's to the
/// letter (its `TaskGroupBuilder`, 1.11), but that ids come from the leader's counter.
///
/// The ports and the networks belong to the executor, as all of the group lives in its network.
struct GroupBuilder: Sendable {
    /// What is the same for every task of one container.
    private struct Container: Sendable {
        let definition: PodContainer
        let user: String?
        let labels: [Label]
        let environment: PodEnvironment
        let secretEnvironment: [Label]
        let info: ContainerDescription?
        /// Which of the pod's ports are its own.
        let ports: Range<Int>
        let discovery: PortDiscovery
    }

    /// What a group asks for, piece by piece: the executor, then each container.
    let shares: [Resources]

    private let app: AppSpec
    private let bridgeName: String
    private let discoveryName: String
    private let labels: [Label]
    private let containers: [Container]

    /// Prepares for the task groups of `spec`.
    /// - Returns: `nil` for an app.
    init?(_ spec: Spec, settings: SchedulerSettings) {
        guard let pod = spec.app.pod else { return nil }
        self.shares = [pod.executorResources] + pod.containers.map(\.resources)
        self.app = spec.app
        self.bridgeName = settings.bridgeName
        self.discoveryName = spec.id.hostlike
        self.labels = spec.app.labels.map { Label(key: $0.key, value: $0.value) }
        let ports = spec.app.ports
        let secrets = spec.app.secrets ?? [:]
        var firstPort = 0
        self.containers = pod.containers.map { container in
            let own = firstPort..<firstPort + container.endpoints.count
            firstPort = own.upperBound
            return Container(
                definition: container,
                user: container.user ?? spec.app.user ?? settings.user,
                labels: container.labels.map { Label(key: $0.key, value: $0.value) },
                environment: PodEnvironment(container, of: spec, prefix: settings.environmentPrefix),
                secretEnvironment: GroupBuilder.secretEnvironment(of: container, in: spec.app),
                info: ContainerDescription(container, of: pod, secrets: secrets),
                ports: own,
                discovery: PortDiscovery(Array(ports[own]), networks: spec.app.networks, prefersHost: false)
            )
        }
    }

    /// The executor's id: Marathon's `instance-` before what names the instance.
    static func executorID(of group: TaskID) -> String { "instance-\(group)" }

    /// A group's tasks as they are recorded before the launch.
    func members(of group: TaskID) -> [TaskMember] {
        containers.map { container in
            TaskMember(
                id: memberID(of: container, in: group),
                container: container.definition.name,
                isChecked: container.definition.healthCheck != nil
            )
        }
    }

    /// One group, in a place that was found for it.
    /// - Parameters:
    ///   - ports: one for every endpoint that has a port of the host, container by container.
    ///   - shares: what was cut out for each of ``shares``, the ports with the first.
    func operation(
        _ group: TaskID,
        on agent: Agent,
        ports: [Int],
        shares: [[MesosResource]]
    ) -> OfferOperation {
        precondition(shares.count == containers.count + 1, "\(shares.count) shares for \(containers.count) containers")
        let numbers = InstancePorts(app, assigned: ports)
        let executor = ExecutorDescription(
            id: GroupBuilder.executorID(of: group),
            resources: shares[0],
            labels: labels,
            container: executorContainer(numbers)
        )
        let tasks = zip(containers, shares.dropFirst()).map { container, share in
            task(of: container, in: group, on: agent, ports: numbers, resources: share)
        }
        return .launchGroup(executor, tasks)
    }

    /// What all of a group lives in, where that is more than its host.
    private func executorContainer(_ numbers: InstancePorts) -> ContainerDescription? {
        guard let networks = app.networks else { return nil }
        let ports = app.ports
        return ContainerDescription(
            engine: .mesos,
            networks: networks.map { network in
                ContainerDescription.JoinedNetwork(
                    network,
                    bridgeName: bridgeName,
                    ports: ContainerDescription.MappedPort.all(of: ports, numbers, in: network)
                )
            }
        )
    }

    /// A container's variables with secrets win over its pod's.
    private static func secretEnvironment(of container: PodContainer, in app: AppSpec) -> [Label] {
        let own = container.secretEnvironment ?? [:]
        let shared = (app.secretEnv ?? [:]).filter { container.environment[$0.key] == nil }
        return shared.merging(own) { _, own in own }.map { name, secret in
            Label(key: name, value: app.secrets?[secret] ?? secret)
        }
    }

    private func memberID(of container: Container, in group: TaskID) -> TaskID {
        TaskID("\(group).\(container.definition.name)")
    }

    private func task(
        of container: Container,
        in group: TaskID,
        on agent: Agent,
        ports: InstancePorts,
        resources: [MesosResource]
    ) -> TaskDescription {
        let definition = container.definition
        let id = memberID(of: container, in: group)
        let listening = ports.listening[container.ports]
        return TaskDescription(
            name: definition.name,
            id: id,
            agent: agent.id,
            resources: resources,
            command: TaskDescription.Command(definition),
            user: container.user,
            environment: container.environment.variables(task: id, group: group, host: agent.hostname, ports: ports),
            secretEnvironment: container.secretEnvironment,
            fetch: definition.artifacts,
            labels: container.labels,
            ports: container.discovery.ports(hosts: ports.hosts[container.ports], listening: listening),
            check: definition.healthCheck.flatMap { TaskDescription.Check($0, ports: listening) },
            sideCheck: definition.check.flatMap { TaskDescription.Check($0, ports: listening) },
            limits: definition.resourceLimits,
            container: container.info,
            killGracePeriod: definition.killGracePeriod,
            discoveryName: discoveryName
        )
    }
}

extension TaskDescription.Command {
    /// An image keeps its entry point, with the words as its arguments, unless the first of them takes its place.
    fileprivate init(_ container: PodContainer) {
        switch container.command {
        case .shell(let line)?: self = .shell(line)
        case .argv(let words)?:
            let keepsEntrypoint = container.image != nil && container.overridesEntrypoint != true
            self = keepsEntrypoint ? .image(arguments: words) : .program(words)
        case nil: self = .image(arguments: [])
        }
    }
}

extension ContainerDescription {
    /// What a pod's container runs in; `nil` where nothing needs to be said.
    fileprivate init?(_ container: PodContainer, of pod: PodSpec, secrets: OrderedDictionary<String, String>) {
        self.init(engine: .mesos)
        image = container.image.map { $0.resolving(secrets) }
        volumes = container.volumeMounts.map { Volume($0, of: pod, secrets: secrets) }
        linuxInfo = container.linuxInfo ?? pod.linuxInfo
        // Limits need a control group of the container's own, and one of its own has every container of the group or none
        // (Mesos 1.11's master refuses anything else).
        let isLimited = pod.containers.contains { $0.resourceLimits != nil }
        if isLimited, pod.sharesCgroups != true { sharesCgroups = false }
        tty = container.tty == true
        if saysNothing { return nil }
    }
}

extension ContainerDescription.Volume {
    /// Where a container sees one of its pod's volumes.
    fileprivate init(_ mount: VolumeMount, of pod: PodSpec, secrets: OrderedDictionary<String, String>) {
        let content: Source
        if let path = pod.hostVolumes?[mount.name] {
            content = .host(path: path)
        } else if let secret = pod.secretVolumes?[mount.name] {
            content = .secret(source: secrets[secret] ?? secret)
        } else {
            // Where Marathon keeps ephemeral volumes in the executor's sandbox.
            content = .parentSandbox(path: "volumes/\(mount.name)")
        }
        self.init(path: mount.mountPath, isReadOnly: mount.isReadOnly == true, source: content)
    }
}
