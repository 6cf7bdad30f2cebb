import Domain
import Planning
import Scheduling

extension ExplainedApp {
    /// How many steps about instances there are at the most.
    private static let mostSteps = 8

    /// What each instance waits for that is not healthy; those that wait for the same are one step.
    var instanceSteps: [Step] {
        guard let spec = status.spec else { return [] }
        let wanted = status.instances.filter { $0.goal == .running }
        let unsettled = wanted.filter { !$0.isHealthy(under: spec.app) }.sorted { $0.id < $1.id }
        guard !unsettled.isEmpty else { return absent + moving + leaving }
        var groups: [(step: Step, instances: [Instance])] = []
        for instance in unsettled {
            let found = step(of: instance, spec: spec.app)
            if let position = groups.firstIndex(where: { $0.step.text == found.text }) {
                groups[position].instances.append(instance)
                groups[position].step.since = [groups[position].step.since, found.since].compactMap { $0 }.min()
            } else {
                groups.append((found, [instance]))
            }
        }
        var steps = groups.prefix(ExplainedApp.mostSteps).map { group in
            var step = group.step
            step.text =
                "\(ExplainedApp.names(group.instances.map(\.id.number))): \(step.text)\(lastEnd(of: group.instances))"
            return step
        }
        if groups.count > steps.count {
            let more = groups.dropFirst(steps.count).reduce(0) { $0 + $1.instances.count }
            steps.append(
                step(.instances, .waiting, "and \(more) more instances", next: "`pacer status` shows how many run")
            )
        }
        return connection + steps + absent + moving + leaving
    }

    /// The sum of it.
    var health: Step {
        let healthy = status.healthyCount
        let wanted = status.desiredCount
        // While new ones come beside the old there may be more.
        let count = healthy > wanted ? "\(healthy) healthy, \(wanted) wanted" : "\(healthy) of \(wanted) healthy"
        guard status.record?.suspension == nil else { return step(.health, .done, "it is suspended") }
        switch status.health {
        case .healthy: return step(.health, .done, "\(count): Healthy")
        case .suspended:
            guard let rollout = status.record?.rollout else {
                return step(.health, .done, "it is meant to run nothing: Suspended")
            }
            let text = "\(count): Suspended, since its rollout is \(rollout.phase.rawValue)"
            return step(.health, .stopped, text, next: "its instances go on as they are until the rollout does")
        case .progressing, .degraded, .missing, .unknown:
            let next =
                status.record == nil
                ? "it starts when it is applied" : "it is Healthy when all of its instances are"
            return step(.health, .waiting, "\(count): \(status.health.rawValue)", next: next)
        }
    }

    /// Instances that are not even there: a rollout makes them as its bounds allow, self-heal makes those that went.
    private var absent: [Step] {
        let missing = status.desiredCount - status.instances.count { $0.goal == .running }
        guard missing > 0, status.record?.rollout == nil, status.record?.suspension == nil else { return [] }
        return [
            step(
                .instances,
                .waiting,
                "\(missing) of \(status.desiredCount) instances are not there",
                next: "they are made in the next turn, unless self-heal is off"
            )
        ]
    }

    /// Without Mesos nothing starts.
    private var connection: [Step] {
        guard snapshot.mesos.phase != .subscribed else { return [] }
        return [
            step(
                .instances,
                .waiting,
                "Mesos is not connected: \(snapshot.mesos.reason)",
                since: snapshot.mesos.since,
                next: "the connection is tried again by itself; nothing is started or stopped until then"
            )
        ]
    }

    /// Instances that run well, on agents that go: for each agent, until when they shall run elsewhere.
    private var moving: [Step] {
        let going = status.instances.filter { $0.goal == .running && $0.leavesAt != nil }
        let agents = Dictionary(grouping: going) { $0.task?.agent.hostname ?? "" }
        return agents.sorted { $0.key < $1.key }.map { host, instances in
            step(
                .instances,
                .waiting,
                "\(ExplainedApp.names(instances.map(\.id.number).sorted())): running on \(host), which goes for maintenance",
                until: instances.compactMap(\.leavesAt).min(),
                next: "others take their place as the bounds of the upgrade strategy allow, where an offer fits"
            )
        }
    }

    /// Instances that are being stopped.
    private var leaving: [Step] {
        let going = status.instances.filter { $0.goal == .stopped && $0.task != nil }
        guard !going.isEmpty else { return releasing }
        return [
            step(
                .instances,
                .waiting,
                "\(ExplainedApp.names(going.map(\.id.number).sorted())): being stopped",
                since: going.map(\.since).min(),
                next: "Mesos ends their tasks, after the kill grace period at the latest"
            )
        ] + releasing
    }

    /// Instances that are stopped, and whose volumes are not deleted yet.
    private var releasing: [Step] {
        let going = status.instances.filter { $0.goal == .stopped && $0.task == nil }.sorted { $0.id < $1.id }
        guard !going.isEmpty else { return [] }
        let hosts = Set(going.compactMap { $0.reservation?.agent.hostname }).sorted().joined(separator: ", ")
        let names = ExplainedApp.names(going.map(\.id.number))
        return [
            step(
                .instances,
                .waiting,
                "\(names): stopped; what is reserved, with its volumes, is given back on \(hosts)",
                since: going.map(\.since).min(),
                next: "it is deleted when the agent offers it; an agent that never does is waited for a day"
            )
        ]
    }

    private func step(of instance: Instance, spec: AppSpec) -> Step {
        let host = instance.task.map { " on \($0.agent.hostname)" } ?? ""
        switch instance.condition {
        case .scheduled: return placeless(instance)
        case .launching:
            let next = "Mesos answers with the task's first state"
            return step(.instances, .waiting, "launched\(host)", since: instance.since, next: next)
        case .staging:
            let next = "the agent fetches what the task needs and starts it"
            return step(.instances, .waiting, "staging\(host)", since: instance.since, next: next)
        case .starting:
            let next = "the executor starts the task"
            return step(.instances, .waiting, "starting\(host)", since: instance.since, next: next)
        case .running: return unhealthy(instance, host: host)
        case .killing:
            let next = "a new task is started when this one has ended"
            return step(.instances, .waiting, "its task is being ended\(host)", since: instance.since, next: next)
        case .unreachable:
            let next =
                instance.reservation == nil
                ? "it goes on when the agent returns, or is replaced as the unreachable strategy says"
                : "its volumes are there: it goes on when the agent returns, or starts anew as its residency says"
            return step(.instances, .waiting, "its agent is out of reach\(host)", since: instance.since, next: next)
        }
    }

    private func unhealthy(_ instance: Instance, host: String) -> Step {
        let next = "Mesos kills a task whose check goes on failing; look at the task's logs\(host)"
        guard let task = instance.task, task.healthy == false else {
            let text = "runs\(host) and has not passed its health check yet"
            return step(.instances, .waiting, text, since: instance.since, next: "its health check passes or fails")
        }
        let text = "runs\(host), but \(task.failingCheck) fails"
        return step(.instances, .waiting, text, since: instance.since, next: next)
    }

    private func placeless(_ instance: Instance) -> Step {
        if let backoff = status.record?.backoff, backoff.until > snapshot.at {
            let failed = backoff.failures == 1 ? "1 task" : "\(backoff.failures) tasks in a row"
            return step(
                .instances,
                .waiting,
                "waits for the next try, after \(failed) failed",
                since: instance.since,
                until: backoff.until,
                next: "the next try comes by itself; a change of the app in git ends the back-off"
            )
        }
        if let refusal = status.refusal {
            return step(
                .instances,
                .waiting,
                refusal.isAsking ? refusal.asking : "waits for a place: \(refusal.sentence)",
                since: refusal.since,
                next: advice(on: refusal)
            )
        }
        if let reservation = instance.reservation {
            let text = "waits for \(reservation.agent.hostname), where its volumes are"
            let next = "it starts when the agent offers what is reserved for it"
            return step(.instances, .waiting, text, since: instance.since, next: next)
        }
        let next = "it starts with the next offer that fits"
        return step(.instances, .waiting, "waits for an offer", since: instance.since, next: next)
    }

    /// How the last task ended of instances that wait to be started again: the newest end stands for all of them.
    private func lastEnd(of instances: [Instance]) -> String {
        let ends = instances.filter { $0.condition == .scheduled }.compactMap(\.lastEnd)
        guard let end = ends.max(by: { ($0.at, $0.task) < ($1.at, $1.task) }) else { return "" }
        let last = instances.count == 1 ? "its last task" : "the last of their tasks"
        guard TaskEndCause(end) != .agentDrained else {
            return "; \(last) was killed because an operator drains \(end.host)"
        }
        let detail = end.message.isEmpty ? (end.reason.map { ", \($0)" } ?? "") : ", \(end.message)"
        return "; \(last) ended with \(end.state) on \(end.host)\(detail)"
    }

    /// `#3`; `#3, #4 and 5 more`.
    private static func names(_ numbers: [Int]) -> String {
        let shown = numbers.prefix(4).map { "#\($0)" }.joined(separator: ", ")
        return numbers.count > 4 ? "\(shown) and \(numbers.count - 4) more" : shown
    }
}
