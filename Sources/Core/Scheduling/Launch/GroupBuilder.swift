import Domain

/// Describes a pod's task groups to Mesos. Names, labels, environment and discovery information are Marathon's to the
/// letter (its `TaskGroupBuilder`, 1.11), but that ids come from the leader's counter.
///
/// The ports belong to the executor, as all of the group lives in its network.
struct GroupBuilder: Sendable {
    /// What is the same for every task of one container.
    private struct Container: Sendable {
        let definition: PodContainer
        let user: String?
        let labels: [Label]
        let environment: PodEnvironment
        /// Which of the pod's ports are its own.
        let ports: Range<Int>
        let discovery: PortDiscovery
    }

    /// What a group asks for, piece by piece: the executor, then each container.
    let shares: [Resources]

    private let discoveryName: String
    private let labels: [Label]
    private let containers: [Container]

    /// Prepares for the task groups of `spec`.
    /// - Returns: `nil` for an app.
    init?(_ spec: Spec, settings: SchedulerSettings) {
        guard let pod = spec.app.pod else { return nil }
        self.shares = [pod.executorResources] + pod.containers.map(\.resources)
        self.discoveryName = spec.id.hostlike
        self.labels = spec.app.labels.map { Label(key: $0.key, value: $0.value) }
        let ports = spec.app.ports
        var firstPort = 0
        self.containers = pod.containers.map { container in
            let own = firstPort..<firstPort + container.endpoints.count
            firstPort = own.upperBound
            return Container(
                definition: container,
                user: container.user ?? spec.app.user ?? settings.user,
                labels: container.labels.map { Label(key: $0.key, value: $0.value) },
                environment: PodEnvironment(container, of: spec, prefix: settings.environmentPrefix),
                ports: own,
                discovery: PortDiscovery(Array(ports[own]))
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
    ///   - ports: one for every endpoint, container by container.
    ///   - shares: what was cut out for each of ``shares``, the ports with the first.
    func operation(
        _ group: TaskID,
        on agent: Agent,
        ports: [Int],
        shares: [[MesosResource]]
    ) -> OfferOperation {
        precondition(shares.count == containers.count + 1, "\(shares.count) shares for \(containers.count) containers")
        let executor = ExecutorDescription(
            id: GroupBuilder.executorID(of: group),
            resources: shares[0],
            labels: labels
        )
        let tasks = zip(containers, shares.dropFirst()).map { container, share in
            task(of: container, in: group, on: agent, ports: ports, resources: share)
        }
        return .launchGroup(executor, tasks)
    }

    private func memberID(of container: Container, in group: TaskID) -> TaskID {
        TaskID("\(group).\(container.definition.name)")
    }

    private func task(
        of container: Container,
        in group: TaskID,
        on agent: Agent,
        ports: [Int],
        resources: [MesosResource]
    ) -> TaskDescription {
        let definition = container.definition
        let id = memberID(of: container, in: group)
        let own = ports[container.ports]
        return TaskDescription(
            name: definition.name,
            id: id,
            agent: agent.id,
            resources: resources,
            command: TaskDescription.Command(definition.command),
            user: container.user,
            environment: container.environment.variables(task: id, group: group, host: agent.hostname, ports: ports),
            fetch: definition.artifacts,
            labels: container.labels,
            ports: container.discovery.ports(own),
            check: definition.healthCheck.flatMap { TaskDescription.Check($0, ports: own) },
            killGracePeriod: definition.killGracePeriod,
            discoveryName: discoveryName,
            volumes: definition.volumeMounts.map {
                // Where Marathon keeps ephemeral volumes in the executor's sandbox.
                TaskDescription.SharedVolume(path: $0.mountPath, source: "volumes/\($0.name)")
            }
        )
    }
}

extension TaskDescription.Command {
    fileprivate init(_ command: PodContainer.Command) {
        switch command {
        case .shell(let line): self = .shell(line)
        case .argv(let words): self = .program(words)
        }
    }
}
