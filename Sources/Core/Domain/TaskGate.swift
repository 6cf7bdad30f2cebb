/// What Mesos's check that never kills said of a task.
package enum SideCheckResult: Hashable, Sendable, Codable {
    /// The status of an HTTP answer.
    case http(status: Int)
    /// The exit status of a command.
    case command(exitStatus: Int)
    /// Whether a connection came about.
    case tcp(succeeded: Bool)
}

/// What a task has to show besides its health check to count as healthy: that it is ready, or that a second health check
/// passes, which never kills. Mesos runs it as the task's other check, and Pacer looks at what it says.
package struct TaskGate: Hashable, Sendable, Codable {
    /// The HTTP statuses that pass, ascending; 200 to 399 where absent.
    package var statuses: [Int]?
    /// Whether a task that passed once has passed for good: readiness is asked of new instances only (Marathon's rule).
    package var opensOnce: Bool
    /// Whether there is a health check besides.
    package var besideHealthCheck: Bool
    /// What the health check last said.
    package private(set) var healthy: Bool?
    /// Whether the last answer passed; `nil` before the first.
    package private(set) var passes: Bool?

    /// A gate that nothing was said of yet.
    package init(statuses: [Int]?, opensOnce: Bool, besideHealthCheck: Bool) {
        self.statuses = statuses
        self.opensOnce = opensOnce
        self.besideHealthCheck = besideHealthCheck
    }

    /// Takes in what Mesos says: of the health check and of the other one, each as far as it says something.
    package mutating func take(healthy: Bool?, result: SideCheckResult?) {
        if let healthy { self.healthy = healthy }
        guard let result, !(opensOnce && passes == true) else { return }
        passes = isPass(result)
    }

    /// What both together say: `nil` while an answer is missing, and while a new instance is not ready yet.
    package var health: Bool? {
        if besideHealthCheck, healthy != true { return healthy }
        return opensOnce && passes == false ? nil : passes
    }

    private func isPass(_ result: SideCheckResult) -> Bool {
        switch result {
        case .http(let status): statuses.map { $0.contains(status) } ?? (200..<400).contains(status)
        case .command(let status): status == 0
        case .tcp(let succeeded): succeeded
        }
    }
}

extension AppSpec {
    /// What its tasks have to show besides their health check; `nil` for nothing.
    package var gate: TaskGate? {
        if let readinessCheck {
            return TaskGate(
                statuses: readinessCheck.readyStatuses,
                opensOnce: true,
                besideHealthCheck: !healthChecks.isEmpty
            )
        }
        guard healthChecks.count > 1 else { return nil }
        return TaskGate(statuses: nil, opensOnce: false, besideHealthCheck: true)
    }
}
