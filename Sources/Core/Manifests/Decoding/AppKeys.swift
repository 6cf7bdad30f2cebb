/// The keys of Marathon's definitions: those that are read here, those that are not carried yet, and those that only a
/// running Marathon adds.
enum AppKeys {
    static let app = KnownKeys(
        [
            "id", "cmd", "args", "user", "env", "labels", "cpus", "mem", "disk", "gpus", "instances", "portDefinitions",
            "ports", "requirePorts", "fetch", "uris", "healthChecks", "upgradeStrategy", "dependencies", "constraints",
            "backoffSeconds", "backoffFactor", "maxLaunchDelaySeconds", "taskKillGracePeriodSeconds", "killSelection",
            "networks", "tty", "unreachableStrategy", "acceptedResourceRoles", "role", "rollout", "container",
            "residency",
        ],
        refused: refusing([
            "executor", "executorResources", "resourceLimits", "secrets", "check", "readinessChecks", "ipAddress",
        ]),
        refusedHint: notYet,
        skipped: runtime
    )

    static let group = KnownKeys(
        ["id", "apps", "groups", "dependencies", "enforceRole"],
        refused: refusing(["pods", "scaleBy"]),
        refusedHint: notYet,
        skipped: runtime
    )

    static let folder = KnownKeys(
        ["dependencies", "enforceRole"],
        refused: [
            "id": "cannot stand here: the folder names the group",
            "apps": "cannot stand here: each app has a file of its own beside this one",
            "groups": "cannot stand here: each group is a folder beside this file",
        ],
        skipped: runtime
    )

    static let portDefinition = KnownKeys(["port", "protocol", "name", "labels"])

    static let fetch = KnownKeys(["uri", "extract", "executable", "cache", "destPath"])

    static let healthCheck = KnownKeys([
        "protocol", "path", "port", "portIndex", "command", "gracePeriodSeconds", "intervalSeconds", "timeoutSeconds",
        "delaySeconds", "maxConsecutiveFailures", "ignoreHttp1xx", "ipProtocol",
    ])

    static let command = KnownKeys(["value"])

    static let upgradeStrategy = KnownKeys(["minimumHealthCapacity", "maximumOverCapacity"])

    static let rollout = KnownKeys(["canary", "promotion", "watch", "maxFailures", "onFailure", "deadline"])

    static let unreachable = KnownKeys(["inactiveAfterSeconds", "expungeAfterSeconds"])

    static let container = KnownKeys(
        ["type", "volumes"],
        refused: refusing(["docker", "portMappings", "linuxInfo", "appc"]),
        refusedHint: notYet
    )

    static let volume = KnownKeys(
        ["containerPath", "mode", "persistent"],
        refused: refusing(["hostPath", "external", "secret"]),
        refusedHint: notYet
    )

    static let persistent = KnownKeys(["type", "size", "maxSize", "profileName", "constraints"])

    static let residency = KnownKeys(["taskLostBehavior", "relaunchEscalationTimeoutSeconds"])

    static let network = KnownKeys(["mode", "name", "labels"])

    static let settings = KnownKeys(["defaults", "environments"])

    private static let notYet = "remove it if the app can do without, or keep the app out of this source for now"

    private static let runtime: [String: String] = {
        let keys = [
            "version", "versionInfo", "tasks", "tasksStaged", "tasksRunning", "tasksHealthy", "tasksUnhealthy",
            "deployments", "lastTaskFailure", "readinessCheckResults", "taskStats", "storeUrls",
        ]
        return Dictionary(uniqueKeysWithValues: keys.map { ($0, "is what a running Marathon reports; it is ignored") })
    }()

    private static func refusing(_ keys: [String]) -> [String: String] {
        Dictionary(uniqueKeysWithValues: keys.map { ($0, "is not supported by Pacer yet") })
    }
}
