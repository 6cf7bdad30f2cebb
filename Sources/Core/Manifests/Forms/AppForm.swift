import Domain
import OrderedCollections

/// An app: Marathon's definition, and `rollout`, which is Pacer's own.
enum AppForm {
    static let id = Field.text(
        "id",
        "The app's path. Without a leading / it is relative to the group around the file; without an id the app takes the file's name.",
        Patterns.path
    )
    static let cmd = Field.words(
        "cmd",
        "A shell command (`/bin/sh -c`). An app has either `cmd` or `args`, or an image that brings its own."
    )
    static let args = Field.texts(
        "args",
        "A program and its arguments, run without a shell; with an image, arguments for its entry point."
    )
    static let user = Field.words("user", "The Unix user that tasks run as.")
    static let env = Field.node(
        "env",
        .table(EnvironmentForm.value),
        "Environment variables: text, or `{secret: name}`."
    )
    static let secrets = Field.node(
        "secrets",
        .table(.object { SecretForm.form }),
        "Secrets that the app refers to by these names."
    )
    static let labels = Field.table(
        "labels",
        "Labels of the app; its tasks carry them, and find them in their environment."
    )
    static let cpus = Field.number("cpus", places: 3, Ranges.milliCPUs, "CPUs that are set aside for each instance.")
        .standing(1000)
    static let mem = Field.number("mem", places: 3, Ranges.milliMebibytes, "Memory for each instance, in MiB.")
        .standing(128_000)
    static let disk = Field.number(
        "disk",
        places: 3,
        Ranges.milliMebibytes,
        "Disk for the sandbox of each instance, in MiB."
    ).standing(0)
    static let gpus = Field.wholeMilli("gpus", 0...1_000_000, "GPUs for each instance.").standing(0)
    static let resourceLimits = Field.object(
        "resourceLimits",
        { LimitsForm.form },
        "How much tasks may take at the most, where that is more than what is set aside."
    )
    static let instances = Field.integer(
        "instances",
        Ranges.instances,
        "How many instances shall run; 0 suspends the app."
    ).standing(1)
    static let container = Field.object(
        "container",
        { ContainerForm.form },
        "What tasks run in: an image, volumes, port mappings."
    )
    static let networks = Field.objects(
        "networks",
        { NetworkForm.form },
        "The networks that instances join. Absent: that of the host."
    )
    static let portDefinitions = Field.objects(
        "portDefinitions",
        { PortDefinitionForm.form },
        "Ports of the host, for apps on its network. Absent: one, of any number, named `default`; [] for none."
    )
    static let requirePorts = Field.flag(
        "requirePorts",
        "Whether the ports of the host must have exactly the numbers of `portDefinitions`."
    ).standing(false)
    static let fetch = Field.objects("fetch", { FetchForm.form }, "Files to fetch into the sandbox before the start.")
    static let healthChecks = Field.objects(
        "healthChecks",
        { HealthCheckForm.form },
        "How Mesos sees that an instance is healthy; it kills one that is not. One check; a second one if it never kills."
    )
    static let check = Field.object(
        "check",
        { CheckForm.app },
        "What Mesos looks at without consequences; its result is shown."
    )
    static let readinessChecks = Field.objects(
        "readinessChecks",
        { ReadinessForm.form },
        "When a new instance can be given work; one check at the most."
    )
    static let constraints = Field.node(
        "constraints",
        .list(ConstraintForm.triple),
        "Where instances may be placed: `[field, OPERATOR]` or `[field, OPERATOR, value]`."
    )
    static let acceptedResourceRoles = Field.texts(
        "acceptedResourceRoles",
        "Whose resources the tasks use: `*` for what nobody has reserved, the app's role for what is reserved for it. Absent: all that are offered."
    )
    static let role = Field.text(
        "role",
        "The Mesos role that resources are allocated to. Absent: the framework's.",
        TextRule(least: 1)
    )
    static let dependencies = Field.node(
        "dependencies",
        .list(.text(Patterns.path)),
        "Apps and groups that must be healthy before this app starts."
    )
    static let upgradeStrategy = Field.object(
        "upgradeStrategy",
        { UpgradeForm.app },
        "How far a replacement may go below and above `instances`."
    )
    static let backoffSeconds = Field.seconds(
        "backoffSeconds",
        Ranges.seconds,
        "How long the next launch waits after a task failed."
    ).standing(.seconds(1))
    static let backoffFactor = Field.number(
        "backoffFactor",
        places: 6,
        Ranges.factor,
        "By how much that is longer each time."
    ).standing(1_150_000)
    static let maxLaunchDelaySeconds = Field.seconds(
        "maxLaunchDelaySeconds",
        Ranges.seconds,
        "How long it is at the most."
    ).standing(.seconds(300))
    static let taskKillGracePeriodSeconds = Field.seconds(
        "taskKillGracePeriodSeconds",
        Ranges.seconds,
        "How long a task has from SIGTERM to SIGKILL. Absent: the agent's own setting."
    )
    static let killSelection = Field<KillSelection>.choice(
        "killSelection",
        "Which instances go first when the app shrinks."
    ).standing(.youngestFirst)
    static let unreachableStrategy = Field.node(
        "unreachableStrategy",
        .anyOf([.object { UnreachableForm.form }, .choice(["disabled"])]),
        "What becomes of an instance whose agent is cut off; `disabled`: it is waited for."
    )
    static let residency = Field.object(
        "residency",
        { ResidencyForm.form },
        "What becomes of an instance with persistent volumes whose agent is lost."
    )
    static let executor = Field.text(
        "executor",
        "The path of an executor that runs the tasks. Absent, or //cmd: Mesos's own.",
        Patterns.executor
    )
    static let executorResources = Field.object(
        "executorResources",
        { ExecutorResourcesForm.app },
        "What the executor takes besides its task."
    )
    static let tty = Field.flag("tty", "Whether tasks get a terminal.").standing(false)
    static let rollout = Field.object(
        "rollout",
        { RolloutForm.form },
        "How a new version comes out. Pacer's own; Marathon does not know it."
    )
    static let uris = Field.node("uris", .list(.text), "Files to fetch.").deprecated("`fetch: [{uri: …}]`")
    static let ports = Field.node("ports", .list(.integer(Ranges.port)), "Ports of the host.").deprecated(
        "`portDefinitions: [{port: …}]`"
    )
    static let ipAddress = Field.object("ipAddress", { AddressForm.form }, "A network of containers.").deprecated(
        "`networks: [{mode: container, name: …}]`"
    )

    static let form = ObjectForm(
        "app",
        "An app: a command or an image, what it takes, and how many instances of it shall run.",
        [
            id, cmd, args, user, container, networks, instances, cpus, mem, disk, gpus, resourceLimits, env, secrets,
            labels, portDefinitions, requirePorts, fetch, healthChecks, check, readinessChecks, constraints,
            acceptedResourceRoles, role, dependencies, upgradeStrategy, rollout, backoffSeconds, backoffFactor,
            maxLaunchDelaySeconds, taskKillGracePeriodSeconds, killSelection, unreachableStrategy, residency, executor,
            executorResources, tty, uris, ports, ipAddress,
        ],
        skipped: Reasons.runtimeKeys
    )
}

/// `upgradeStrategy` of an app and `upgrade` of a pod.
enum UpgradeForm {
    static let minimumHealthCapacity = Field.number(
        "minimumHealthCapacity",
        places: 6,
        Ranges.share,
        "The share of instances that stays healthy."
    )
    static let maximumOverCapacity = Field.number(
        "maximumOverCapacity",
        places: 6,
        Ranges.share,
        "The share of instances that may run on top."
    )

    static let app = ObjectForm(
        "upgradeStrategy",
        "How far a replacement may go below and above the wanted number of instances.",
        [minimumHealthCapacity.required, maximumOverCapacity.required]
    )
    static let pod = ObjectForm(
        "podUpgrade",
        "How far a replacement may go below and above the wanted number of instances.",
        [minimumHealthCapacity.standing(1_000_000), maximumOverCapacity.standing(1_000_000)]
    )
}

/// `unreachableStrategy`.
enum UnreachableForm {
    static let inactiveAfterSeconds = Field.seconds(
        "inactiveAfterSeconds",
        Ranges.seconds,
        "When a replacement is started."
    ).standing(.zero)
    static let expungeAfterSeconds = Field.seconds(
        "expungeAfterSeconds",
        Ranges.seconds,
        "Until when the instance is taken back if it shows up."
    ).standing(.zero)

    static let form = ObjectForm(
        "unreachableStrategy",
        "What becomes of an instance whose agent is cut off.",
        [inactiveAfterSeconds, expungeAfterSeconds]
    )
}

/// `residency`, which Marathon has deprecated and Pacer obeys.
enum ResidencyForm {
    static let relaunchEscalationTimeoutSeconds = Field.seconds(
        "relaunchEscalationTimeoutSeconds",
        Ranges.seconds,
        "How long a lost agent is waited for."
    ).standing(.seconds(3600))
    static let taskLostBehavior = Field.choice(
        "taskLostBehavior",
        ["WAIT_FOREVER", "RELAUNCH_AFTER_TIMEOUT"],
        "Whether it is waited for at all."
    ).standing("WAIT_FOREVER")

    static let form = ObjectForm(
        "residency",
        "What becomes of an instance with persistent volumes whose agent is lost.",
        [taskLostBehavior, relaunchEscalationTimeoutSeconds]
    )
}

/// `rollout`.
enum RolloutForm {
    static let canary = Field.integer(
        "canary",
        0...1_000_000,
        "How many instances of a new version come before all others."
    ).standing(0)
    static let promotion = Field<RolloutStrategy.Promotion>.choice("promotion", "Who lets a healthy canary pass.")
        .standing(.automatic)
    static let watch = Field.seconds(
        "watch",
        0...1_000_000,
        "How long a new instance must stay healthy before it counts."
    )
    static let maxFailures = Field.integer(
        "maxFailures",
        1...1000,
        "How many new tasks may fail; the last of them ends the attempt."
    ).standing(3)
    static let onFailure = Field<RolloutStrategy.OnFailure>.choice("onFailure", "What is done then.").standing(
        .rollback
    )
    static let deadline = Field.seconds(
        "deadline",
        1...1_000_000,
        "How long a new task may take from its launch until it is healthy."
    ).standing(.seconds(600))

    static let form = ObjectForm(
        "rollout",
        "How a new version comes out. Lengths of time are seconds.",
        [canary, promotion, watch, maxFailures, onFailure, deadline]
    )
}

/// `executorResources`.
enum ExecutorResourcesForm {
    /// Marathon's minimums for an app's own executor are its defaults.
    static let cpus = Field.number("cpus", places: 3, 100...Ranges.milliCPUs.upperBound, "CPUs of the executor.")
        .standing(100)
    static let mem = Field.number(
        "mem",
        places: 3,
        32_000...Ranges.milliMebibytes.upperBound,
        "Memory of the executor, in MiB."
    ).standing(32_000)
    static let disk = Field.number(
        "disk",
        places: 3,
        10_000...Ranges.milliMebibytes.upperBound,
        "Disk of the executor, in MiB."
    ).standing(10_000)
    /// Mesos refuses a task group whose executor has less than 0.01 CPUs or 32 MiB, or no disk (its master's validation).
    static let podCPUs = Field.number("cpus", places: 3, 10...Ranges.milliCPUs.upperBound, "CPUs of the executor.")
        .standing(100)
    static let podDisk = Field.number(
        "disk",
        places: 3,
        1...Ranges.milliMebibytes.upperBound,
        "Disk of the executor, in MiB."
    ).standing(10_000)

    static let app = ObjectForm("executorResources", "What an app's own executor takes.", [cpus, mem, disk])
    static let pod = ObjectForm("podExecutorResources", "What a pod's executor takes.", [podCPUs, mem, podDisk])
}

/// `resourceLimits`.
enum LimitsForm {
    static let cpus = Field.node("cpus", limit(Ranges.milliCPUs), "CPUs at the most, or `unlimited`.")
    static let mem = Field.node("mem", limit(Ranges.milliMebibytes), "Memory at the most, in MiB, or `unlimited`.")

    static let form = ObjectForm("resourceLimits", "How much a task may take at the most.", [cpus, mem])

    private static func limit(_ range: ClosedRange<Int64>) -> ValueForm {
        .anyOf([.number(places: 3, range), .choice(["unlimited"])])
    }
}

/// `secrets`, and variables that take one.
enum SecretForm {
    static let source = Field.words("source", "Where the agents' secret resolver finds it.").required

    static let form = ObjectForm("secret", "A secret: where it is found. Never its value.", [source])
}

/// Values of `env` and `environment`.
enum EnvironmentForm {
    static let secret = Field.words("secret", "The name of a secret that `secrets` declares.").required

    static let reference = ObjectForm("secretReference", "A variable that takes a secret.", [secret])
    static let value = ValueForm.anyOf([.text, .object { reference }])
}

/// Constraints: an app's triples, a pod's mappings.
enum ConstraintForm {
    private static let words = Constraint.Operator.allCases.map(\.rawValue)
    static let triple = ValueForm.tuple(
        [.text(TextRule(least: 1)), .choice(words), .anyOf([.text, .integer(1...1_000_000)])],
        least: 2
    )

    static let fieldName = Field.text(
        "fieldName",
        "hostname, @region, @zone, or an attribute of agents.",
        TextRule(least: 1)
    ).required
    static let comparison = Field.choice("operator", words, "How its value is compared.").required
    static let value = Field.node("value", .anyOf([.text, .integer(1...1_000_000)]), "The operator's operand.")

    static let form = ObjectForm("podConstraint", "Where instances may be placed.", [fieldName, comparison, value])
}
