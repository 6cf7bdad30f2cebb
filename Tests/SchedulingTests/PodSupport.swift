import Domain
import Scheduling

/// A small pod: each container takes 0.3 CPUs and 64 MiB, has an endpoint of its name, and runs `run NAME`.
func makePod(
    _ path: String,
    _ names: [String] = ["log", "web"],
    checked: Set<String> = [],
    _ change: (inout AppSpec) -> Void = { _ in }
) -> Spec {
    makeSpec(path) {
        $0.cmd = nil
        $0.pod = PodSpec(
            containers: names.map { name in
                PodContainer(
                    name: name,
                    command: .shell("run \(name)"),
                    resources: Resources(cpus: 300, mem: 64_000),
                    endpoints: [PodEndpoint(name: name)],
                    healthCheck: checked.contains(name) ? HealthCheck(probe: .tcp(port: .index(0))) : nil
                )
            }
        )
        change(&$0)
    }
}

extension [SchedulerEffect] {
    /// The task groups that are launched, over all accepts.
    var groups: [(executor: ExecutorDescription, tasks: [TaskDescription])] {
        gated.flatMap { call -> [(executor: ExecutorDescription, tasks: [TaskDescription])] in
            guard case .accept(_, let operations, _) = call else { return [] }
            return operations.compactMap { operation in
                if case .launchGroup(let executor, let tasks) = operation { (executor, tasks) } else { nil }
            }
        }
    }
}

extension Harness {
    /// An update about one container of a pod's instance.
    @discardableResult
    mutating func update(
        _ id: InstanceID,
        _ container: String,
        _ state: TaskStatus.State,
        healthy: Bool? = nil,
        reason: String? = nil
    ) -> [SchedulerEffect] {
        guard let task = scheduler.instance(id)?.task else { return [] }
        let member = task.members?.first { $0.container == container }?.id ?? task.id
        return update(member, state, agent: task.agent.id, healthy: healthy, reason: reason)
    }

    /// A subscribed scheduler with one instance of a pod, whose containers all run.
    static func running(_ pod: Spec, settings: SchedulerSettings = SchedulerSettings()) -> Harness {
        var harness = Harness([pod], settings: settings)
        harness.subscribe()
        harness.start(pod)
        harness.offer([makeAgent(1)])
        for container in pod.app.pod?.containers ?? [] {
            harness.update(makeInstance(pod, 1), container.name, .running)
        }
        return harness
    }
}
