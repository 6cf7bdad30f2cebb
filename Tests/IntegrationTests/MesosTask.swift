import Foundation

/// A task as the Mesos master tells of it, with every state that it was in and when.
struct MesosTask {
    /// One state that a task was in. Of states in a row that are the same, Mesos keeps the last.
    struct Status {
        let state: String
        /// Seconds since 1970, by the clock of who said it: all of a test run on one machine.
        let at: Double
        let healthy: Bool?
    }

    let id: String
    /// The app, as Mesos-DNS has it: `/shop/web` is `web.shop`.
    let name: String
    let state: String
    /// The agent's id.
    let agent: String
    /// The label `version` of the app, by which the tasks of its versions are told apart.
    let version: String
    let statuses: [Status]

    /// A task of the master's list.
    init(_ task: [String: Any]) {
        id = task["id"] as? String ?? ""
        name = task["name"] as? String ?? ""
        state = task["state"] as? String ?? ""
        agent = task["slave_id"] as? String ?? ""
        let labels = task["labels"] as? [[String: Any]] ?? []
        version = labels.first { $0["key"] as? String == "version" }?["value"] as? String ?? ""
        statuses = (task["statuses"] as? [[String: Any]] ?? []).map { status in
            Status(
                state: status["state"] as? String ?? "",
                at: (status["timestamp"] as? NSNumber)?.doubleValue ?? 0,
                healthy: status["healthy"] as? Bool
            )
        }
    }

    /// Whether it takes room on an agent.
    var isAlive: Bool { ["TASK_STAGING", "TASK_STARTING", "TASK_RUNNING", "TASK_KILLING"].contains(state) }

    /// Whether it counts as healthy now.
    /// - Parameter checked: Whether its app has a health check; without one, running is healthy.
    func isHealthy(checked: Bool) -> Bool {
        guard state == "TASK_RUNNING" else { return false }
        return !checked || statuses.compactMap(\.healthy).last == true
    }

    /// Since when it has taken room, for certain: before that it was on its way to its agent. `nil` where it never arrived.
    var arrived: Double? { statuses.map(\.at).min() }

    /// When it had ended; `nil` while it has not.
    var ended: Double? {
        let alive = ["TASK_STAGING", "TASK_STARTING", "TASK_RUNNING", "TASK_KILLING"]
        return statuses.first { !alive.contains($0.state) }?.at
    }

    /// From when until when it was healthy, by its statuses; `nil` where it never was.
    func healthySpan(checked: Bool) -> (from: Double, until: Double?)? {
        // In Mesos's order, not by the time: several states can fall into one millisecond.
        guard let place = statuses.lastIndex(where: { $0.state == "TASK_RUNNING" }) else { return nil }
        guard !checked || statuses[place].healthy == true else { return nil }
        return (statuses[place].at, statuses[(place + 1)...].first?.at)
    }
}

extension Cluster {
    /// Every task that Mesos has or had, in the words of its master.
    func everyTask() throws -> [MesosTask] { try tasks().map(MesosTask.init) }

    /// Every task that an agent was ever told to run, with how often, by the folders that the agents keep. Unlike the
    /// master's list this outlives a crash of all of Mesos.
    func launches() throws -> [String: Int] {
        var runs: [String: Int] = [:]
        let agents = folder.appending(path: "mesos/agents").path
        let (_, found) = try Project.run("find", [agents, "-path", "*/frameworks/*/executors/*/runs/*", "-prune"])
        for path in Set(found.split(separator: "\n")) where !path.contains("/meta/") {
            let parts = path.split(separator: "/")
            guard parts.count > 2, parts.last != "latest" else { continue }
            runs[String(parts[parts.count - 3]), default: 0] += 1
        }
        return runs
    }

    /// A question or an order to the master's operator API.
    /// - Returns: the answer, where there is one.
    @discardableResult
    func operate(_ body: String) throws -> [String: Any] {
        try post("http://127.0.0.1:\(mesosPort)/api/v1", body)
    }

    /// Posts JSON to a server on this machine.
    /// - Throws: when it is refused.
    @discardableResult
    func post(_ url: String, _ body: String) throws -> [String: Any] {
        let headers = ["-H", "Content-Type: application/json", "-H", "Accept: application/json"]
        let (status, output) = try Project.run(
            "curl",
            ["-s", "--fail-with-body", "--max-time", "20", "-d", body] + headers + [url]
        )
        guard status == 0 else { throw NeverHappened(what: "\(url) takes \(body)", details: output) }
        return (try? JSONSerialization.jsonObject(with: Data(output.utf8))) as? [String: Any] ?? [:]
    }

    /// The agents as the master has them, by their hosts' names.
    func agentsByHost() throws -> [String: [String: Any]] {
        let answer = try get("http://127.0.0.1:\(mesosPort)/slaves") as? [String: Any]
        var agents: [String: [String: Any]] = [:]
        for agent in answer?["slaves"] as? [[String: Any]] ?? [] {
            if let host = agent["hostname"] as? String { agents[host] = agent }
        }
        return agents
    }

    /// The tasks that the controller's records name, by app.
    func recordedTasks(of app: String) throws -> Set<String> {
        let answer = try get("http://127.0.0.1:\(apiPort)/api/v1/apps\(app)") as? [String: Any]
        let instances = answer?["instance_list"] as? [[String: Any]] ?? []
        return Set(instances.compactMap { ($0["task"] as? [String: Any])?["id"] as? String })
    }
}
