package import OrderedCollections

/// One app's full, defaulted, normalised definition: Marathon's app, in Pacer's types. With a ``pod`` it is Marathon's pod;
/// then `cmd`, `args`, `resources`, `portDefinitions`, `requirePorts`, `fetch`, `healthChecks` and `killGracePeriod` say
/// nothing, since each container has its own.
///
/// What came later than the first layout of the store is optional: a record without it says what it always said.
package struct AppSpec: Hashable, Sendable, Codable {
    /// The app.
    package var id: AppID
    /// A shell command; exclusive with `args`.
    package var cmd: String?
    /// A program and its arguments, run without a shell; empty where `cmd` is set.
    package var args: [String]
    /// The Unix user that the task runs as; the framework's own where absent.
    package var user: String?
    /// Environment variables, sorted by name.
    package var env: OrderedDictionary<String, String>
    /// Labels, sorted by key; tasks carry them.
    package var labels: OrderedDictionary<String, String>
    /// What one instance takes.
    package var resources: Resources
    /// How many instances shall run; 0 suspends the app.
    package var instances: Int
    /// Ports on the host, in the order that gives `PORT0`, `PORT1`, …; empty in networks of containers.
    package var portDefinitions: [PortDefinition]
    /// Whether the host ports must be exactly the numbers of `portDefinitions`.
    package var requirePorts: Bool
    /// Files to fetch into the sandbox before the start.
    package var fetch: [FetchURI]
    /// The checks that Mesos runs on the agent: one, or one and a second that never kills (see ``HealthCheck/neverKills``).
    package var healthChecks: [HealthCheck]
    /// How far a replacement may go below and above `instances`.
    package var upgradeStrategy: UpgradeStrategy
    /// Apps and groups that must be healthy before this app starts: absolute paths, sorted.
    package var dependencies: [String]
    /// Where instances may be placed.
    package var constraints: [Constraint]
    /// How failing tasks are slowed down.
    package var backoff: BackoffPolicy
    /// How long Mesos waits from SIGTERM to SIGKILL, in milliseconds; the agent's own default where absent.
    package var killGracePeriod: Milliseconds?
    /// Which instances go first when the app shrinks.
    package var killSelection: KillSelection
    /// How a new version comes out; `nil` where the definition says nothing that differs from the defaults.
    package var rollout: RolloutStrategy?
    /// Which resources its tasks use: those of these roles (`*` is what nobody has reserved), sorted; all that are
    /// offered where absent.
    package var acceptedResourceRoles: [String]?
    /// What becomes of instances on agents that are cut off; the scheduler's own setting where absent.
    package var unreachableStrategy: UnreachableStrategy?
    /// The containers of a pod; absent for an app.
    package var pod: PodSpec?
    /// Its persistent volumes, in the order of `container.volumes`; absent where there is none.
    package var persistentVolumes: [PersistentVolume]?
    /// What becomes of an instance with volumes whose agent is lost; it waits where absent.
    package var residency: Residency?
    /// The role that its tasks' resources are allocated to; the framework's own where absent.
    package var role: String?
    /// Whether the group at the top enforces its name as that role, which tasks are told; absent where it does not.
    package var enforcesGroupRole: Bool?
    /// What its tasks run in; absent where that is Mesos's own engine with nothing said about it.
    package var container: AppContainer?
    /// The networks that its instances join, in order; absent for that of the host.
    package var networks: [Network]?
    /// The ports of its containers, in the order that gives `PORT0`, `PORT1`, …; set exactly where ``networks`` are.
    package var portMappings: [PortMapping]?
    /// What Mesos looks at without consequences.
    package var check: TaskCheck?
    /// When a new instance can be given work; at once where absent.
    package var readinessCheck: ReadinessCheck?
    /// What a task may take at the most; what is set aside for it where absent.
    package var resourceLimits: ResourceLimits?
    /// Its secrets: the name it has here, and where the agents' secret resolver finds it; sorted by name.
    package var secrets: OrderedDictionary<String, String>?
    /// Environment variables that hold a secret: variable to the name in ``secrets``, sorted by variable.
    package var secretEnv: OrderedDictionary<String, String>?
    /// The path of the executor that runs its tasks; Mesos's command executor where absent.
    package var executor: String?
    /// What that executor takes besides its task; set exactly where ``executor`` is.
    package var executorResources: Resources?
    /// Whether tasks get a terminal; absent where not.
    package var tty: Bool?

    /// A spec with Marathon's defaults for everything that is not said.
    package init(
        id: AppID,
        cmd: String? = nil,
        args: [String] = [],
        user: String? = nil,
        env: OrderedDictionary<String, String> = [:],
        labels: OrderedDictionary<String, String> = [:],
        resources: Resources = Resources(cpus: 1000, mem: 128_000),
        instances: Int = 1,
        portDefinitions: [PortDefinition] = [PortDefinition(port: 0, name: "default")],
        requirePorts: Bool = false,
        fetch: [FetchURI] = [],
        healthChecks: [HealthCheck] = [],
        upgradeStrategy: UpgradeStrategy = UpgradeStrategy(),
        dependencies: [String] = [],
        constraints: [Constraint] = [],
        backoff: BackoffPolicy = BackoffPolicy(),
        killGracePeriod: Milliseconds? = nil,
        killSelection: KillSelection = .youngestFirst,
        rollout: RolloutStrategy? = nil
    ) {
        self.id = id
        self.cmd = cmd
        self.args = args
        self.user = user
        self.env = env
        self.labels = labels
        self.resources = resources
        self.instances = instances
        self.portDefinitions = portDefinitions
        self.requirePorts = requirePorts
        self.fetch = fetch
        self.healthChecks = healthChecks
        self.upgradeStrategy = upgradeStrategy
        self.dependencies = dependencies
        self.constraints = constraints
        self.backoff = backoff
        self.killGracePeriod = killGracePeriod
        self.killSelection = killSelection
        self.rollout = rollout == RolloutStrategy() ? nil : rollout
    }

    /// How a new version comes out.
    package var strategy: RolloutStrategy { rollout ?? RolloutStrategy() }
}

/// One port that an instance gets on its host.
package struct PortDefinition: Hashable, Sendable, Codable {
    /// The wanted number; 0 for any. Binding only where `requirePorts` is set.
    package var port: Int
    /// `tcp`, `udp` or `udp,tcp`.
    package var transport: String
    /// The port's name, unique within the app.
    package var name: String?
    /// Labels that DiscoveryInfo carries (virtual addresses, load balancers).
    package var labels: OrderedDictionary<String, String>

    /// A port; `protocol` of the definition is `transport` here.
    package init(
        port: Int,
        transport: String = "tcp",
        name: String? = nil,
        labels: OrderedDictionary<String, String> = [:]
    ) {
        self.port = port
        self.transport = transport
        self.name = name
        self.labels = labels
    }
}

/// One file for the sandbox (Marathon's `fetch`).
package struct FetchURI: Hashable, Sendable, Codable {
    /// Where it comes from.
    package var uri: String
    /// Whether an archive is unpacked.
    package var extract: Bool
    /// Whether the file is made executable.
    package var executable: Bool
    /// Whether the agent's cache is used.
    package var cache: Bool
    /// Its path in the sandbox.
    package var destPath: String?

    /// A file with Marathon's defaults.
    package init(
        uri: String,
        extract: Bool = true,
        executable: Bool = false,
        cache: Bool = false,
        destPath: String? = nil
    ) {
        self.uri = uri
        self.extract = extract
        self.executable = executable
        self.cache = cache
        self.destPath = destPath
    }
}

/// How far a replacement may go below and above the wanted number of instances.
package struct UpgradeStrategy: Hashable, Sendable, Codable {
    /// `minimumHealthCapacity` in millionths: the share of instances that stays healthy.
    package var minimumHealthMillionths: Int64
    /// `maximumOverCapacity` in millionths: the share of instances that may run on top.
    package var maximumOverMillionths: Int64

    /// Shares in millionths; Marathon's defaults are 1 and 1.
    package init(minimumHealthMillionths: Int64 = 1_000_000, maximumOverMillionths: Int64 = 1_000_000) {
        self.minimumHealthMillionths = minimumHealthMillionths
        self.maximumOverMillionths = maximumOverMillionths
    }

    /// `ceil(n * minimumHealthCapacity)`: healthy instances that Pacer itself never goes below.
    package func minimumHealthy(of instances: Int) -> Int {
        let product = Int64(instances) * minimumHealthMillionths
        return Int((product + 999_999) / 1_000_000)
    }

    /// `floor(n * (1 + maximumOverCapacity))`: instances that there are at the most.
    package func maximumTotal(of instances: Int) -> Int {
        instances + Int(Int64(instances) * maximumOverMillionths / 1_000_000)
    }
}

/// A rule for placement: field, operator, value (Marathon's triple).
package struct Constraint: Hashable, Sendable, Codable {
    /// What is compared.
    package enum Operator: String, Hashable, Sendable, Codable, CaseIterable {
        /// No two instances share the field's value.
        case unique = "UNIQUE"
        /// All instances share one value.
        case cluster = "CLUSTER"
        /// Instances are spread evenly over the values.
        case groupBy = "GROUP_BY"
        /// The value matches a regular expression, as a whole.
        case like = "LIKE"
        /// The value does not match it.
        case unlike = "UNLIKE"
        /// At most that many instances a value.
        case maxPer = "MAX_PER"
        /// The value is exactly this.
        case isValue = "IS"
    }

    /// An attribute's name, or `hostname`, `@hostname`, `@region`, `@zone`.
    package var field: String
    /// What is compared.
    package var comparison: Operator
    /// The operator's operand.
    package var value: String?

    /// A rule.
    package init(field: String, comparison: Operator, value: String? = nil) {
        self.field = field
        self.comparison = comparison
        self.value = value
    }

    /// As the definition has it: `["rack", "UNIQUE"]`.
    package var triple: String {
        let parts = [field, comparison.rawValue] + (value.map { [$0] } ?? [])
        return "[" + parts.map { "\"\($0)\"" }.joined(separator: ", ") + "]"
    }
}

/// How failing tasks are slowed down (Marathon's backoff fields).
package struct BackoffPolicy: Hashable, Sendable, Codable {
    /// `backoffSeconds` in milliseconds: the first delay.
    package var first: Milliseconds
    /// `backoffFactor` in millionths: by how much each next delay is longer.
    package var factorMillionths: Int64
    /// `maxLaunchDelaySeconds` in milliseconds: the longest delay.
    package var longest: Milliseconds

    /// A policy; Marathon's defaults are 1 s, 1.15 and 300 s.
    package init(
        first: Milliseconds = .seconds(1),
        factorMillionths: Int64 = 1_150_000,
        longest: Milliseconds = .seconds(300)
    ) {
        self.first = first
        self.factorMillionths = factorMillionths
        self.longest = longest
    }
}

/// Which instances go first when an app shrinks.
package enum KillSelection: String, Hashable, Sendable, Codable, CaseIterable {
    /// The one that started last.
    case youngestFirst = "YOUNGEST_FIRST"
    /// The one that started first.
    case oldestFirst = "OLDEST_FIRST"
}
