/// The keys of Marathon's pod definition, part by part: those that are read here, and those that are not carried yet.
enum PodKeys {
    static let pod = KnownKeys(
        [
            "id", "user", "environment", "labels", "containers", "volumes", "networks", "scaling", "scheduling",
            "executorResources", "rollout",
        ],
        refused: [
            "secrets": notYet, "role": notYet, "linuxInfo": notYet, "legacySharedCgroups": notYet,
            "dependencies": "is not a pod's in Marathon: the group of the pod can have them (`_group.yaml`)",
        ],
        refusedHint: "remove it if the pod can do without, or keep the pod out of this source for now",
        skipped: ["version": "is what a running Marathon reports; it is ignored"]
    )

    static let container = KnownKeys(
        [
            "name", "exec", "resources", "endpoints", "environment", "labels", "user", "artifacts", "healthCheck",
            "lifecycle", "volumeMounts", "tty",
        ],
        refused: ["image": notYet, "resourceLimits": notYet, "check": notYet, "linuxInfo": notYet],
        refusedHint: "remove it if the container can do without, or keep the pod out of this source for now"
    )

    static let exec = KnownKeys(["command", "overrideEntrypoint"])

    static let command = KnownKeys(["shell", "argv"])

    static let resources = KnownKeys(["cpus", "mem", "disk", "gpus"])

    static let executorResources = KnownKeys(["cpus", "mem", "disk"])

    static let endpoint = KnownKeys(
        ["name", "hostPort", "protocol", "labels"],
        refused: [
            "containerPort": "belongs to container networks, which Pacer does not support yet",
            "networkNames": "belongs to container networks, which Pacer does not support yet",
        ],
        refusedHint: "let the program listen on the host port that ENDPOINT_NAME tells it"
    )

    static let healthCheck = KnownKeys([
        "http", "tcp", "exec", "gracePeriodSeconds", "intervalSeconds", "timeoutSeconds", "delaySeconds",
        "maxConsecutiveFailures",
    ])

    static let http = KnownKeys(["endpoint", "path", "scheme"])

    static let tcp = KnownKeys(["endpoint"])

    static let checkCommand = KnownKeys(["command"])

    static let lifecycle = KnownKeys(["killGracePeriodSeconds"])

    static let volume = KnownKeys(
        ["name"],
        refused: ["host": notYet, "persistent": notYet, "secret": notYet],
        refusedHint: "leave a volume with nothing but a name: it lives as long as the pod's instance"
    )

    static let volumeMount = KnownKeys(["name", "mountPath", "readOnly"])

    static let scaling = KnownKeys(["kind", "instances"])

    static let scheduling = KnownKeys(["backoff", "upgrade", "placement", "killSelection", "unreachableStrategy"])

    static let backoff = KnownKeys(["backoff", "backoffFactor", "maxLaunchDelay"])

    static let placement = KnownKeys(["constraints", "acceptedResourceRoles"])

    static let constraint = KnownKeys(["fieldName", "operator", "value"])

    private static let notYet = "is not supported by Pacer yet"
}
