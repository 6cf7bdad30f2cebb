/// Ranges that many keys share.
enum Ranges {
    /// Lengths of time in seconds.
    static let seconds: ClosedRange<Int64> = 0...1_000_000_000
    /// Lengths of time that Mesos takes in seconds.
    static let checkSeconds: ClosedRange<Int64> = 0...2_147_483_647
    /// Lengths of time in milliseconds: pods may have fractions of seconds.
    static let milliseconds: ClosedRange<Int64> = 0...1_000_000_000_000
    /// Numbers of instances.
    static let instances: ClosedRange<Int64> = 0...1_000_000
    /// CPUs in thousandths.
    static let milliCPUs: ClosedRange<Int64> = 0...1_000_000_000
    /// MiB in thousandths.
    static let milliMebibytes: ClosedRange<Int64> = 0...1_000_000_000_000
    /// Whole MiB, at least one.
    static let mebibytes: ClosedRange<Int64> = 1...1_000_000_000_000
    /// Shares of a whole in millionths.
    static let share: ClosedRange<Int64> = 0...1_000_000
    /// Factors from 1 up, in millionths.
    static let factor: ClosedRange<Int64> = 1_000_000...1_000_000_000
    /// Port numbers, with 0 for any.
    static let port: ClosedRange<Int64> = 0...65535
    /// Port numbers.
    static let boundPort: ClosedRange<Int64> = 1...65535
}

/// Patterns that many keys share, as the schema has them. The readers check the same by hand.
enum Patterns {
    /// Names of ports, endpoints, containers and volumes.
    static let name = TextRule(least: 1, most: 63, pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
    /// Names of an app's ports: as long as one likes.
    static let portName = TextRule(least: 1, pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
    /// Names of networks.
    static let network = TextRule(least: 1, most: 63, pattern: "^[a-zA-Z0-9_-]+$")
    /// Paths of executors.
    static let executor = TextRule(pattern: "^(//cmd)$|^(/?[^/]+(/[^/]+)*)$|^$")
    /// Ids and paths of apps and groups, absolute or relative.
    static let path = TextRule(
        least: 1,
        pattern: "^(/?((\\.\\.?)|([a-z0-9]|[a-z0-9][a-z0-9.-]*[a-z0-9]))?($|/))+$"
    )
}

/// Reasons that many refused or ignored keys share.
enum Reasons {
    /// What a running Marathon adds to its answers.
    static let runtime = "is what a running Marathon reports; it is ignored"
    /// What earlier Marathons knew and the later ones ignore.
    static let forgotten = "has had no effect in Marathon for years; it is ignored"

    /// The keys that a running Marathon adds.
    static let runtimeKeys: [String: String] = {
        let keys = [
            "version", "versionInfo", "tasks", "tasksStaged", "tasksRunning", "tasksHealthy", "tasksUnhealthy",
            "deployments", "lastTaskFailure", "readinessCheckResults", "taskStats", "tasksStats",
        ]
        var table = Dictionary(uniqueKeysWithValues: keys.map { ($0, runtime) })
        for key in ["storeUrls", "taskRateLimit"] { table[key] = forgotten }
        return table
    }()
}
