import ArgumentParser
import Domain
import FoundationEssentials
import YAMLReader

/// The flags that go over the configuration file. Their values are read by the same reader as the file's.
struct ConfigurationOptions: ParsableArguments {
    private static func help(_ text: String, _ value: String) -> ArgumentHelp {
        ArgumentHelp("\(text)", valueName: value)
    }

    @Option(name: .long, help: help("The configuration file (YAML). Otherwise PACER_CONFIG.", "file"))
    var config: String?

    @Option(name: .long, help: help("The framework's name in Mesos.", "text"))
    var name: String?

    @Option(name: .long, help: help("The environment whose overlays are merged.", "text"))
    var environment: String?

    @Option(name: .long, help: help("The repositories, as YAML or JSON.", "yaml"))
    var sources: String?

    @Option(name: .long, help: help("Where the state is: zk://host:port/path.", "url"))
    var zookeeper: String?

    @Option(name: .long, help: help("How long ZooKeeper waits for a sign of life of the leader.", "duration"))
    var zookeeperSessionTimeout: String?

    @Option(name: .long, help: help("Where Mesos is: http://host:5050 or zk://host:port/mesos.", "url"))
    var mesos: String?

    @Option(name: .long, help: help("The role that offers are taken for.", "role"))
    var frameworkRole: String?

    @Option(name: .long, help: help("As whom tasks run that do not say.", "user"))
    var frameworkUser: String?

    @Option(name: .long, help: help("As whom Pacer authenticates with Mesos.", "text"))
    var frameworkPrincipal: String?

    @Option(name: .long, help: help("The file with the principal's secret.", "file"))
    var frameworkSecretFile: String?

    @Option(name: .long, help: help("How long tasks live on without a controller.", "duration"))
    var frameworkFailoverTimeout: String?

    @Option(name: .long, help: help("Where the API listens (http.listen).", "host:port"))
    var listen: String?

    @Option(name: .long, help: help("Where other machines reach the API.", "url"))
    var httpAdvertise: String?

    @Option(name: .long, help: help("Whether a new commit is applied by itself.", "bool"))
    var syncAuto: String?

    @Option(name: .long, help: help("Whether what deviates is mended by itself.", "bool"))
    var syncSelfHeal: String?

    @Option(name: .long, help: help("Whether apps that git no longer has are removed: auto, never.", "word"))
    var syncPrune: String?

    @Option(name: .long, help: help("How many apps may be rolled out at the same time.", "number"))
    var rolloutsMaxConcurrentApps: String?

    @Option(name: .long, help: help("How many instances may be on their way to healthy.", "number"))
    var rolloutsMaxConcurrentTasks: String?

    @Option(name: .long, help: help("When rollouts stop by themselves, as YAML or JSON.", "mapping"))
    var rolloutsBrake: String?

    @Option(name: .long, help: help("Where git mirrors are kept.", "folder"))
    var dataDirectory: String?

    /// The flags that were given, by name.
    var given: [String: String] {
        let all: [(String, String?)] = [
            ("--name", name), ("--environment", environment), ("--sources", sources), ("--zookeeper", zookeeper),
            ("--zookeeper-session-timeout", zookeeperSessionTimeout), ("--mesos", mesos),
            ("--framework-role", frameworkRole), ("--framework-user", frameworkUser),
            ("--framework-principal", frameworkPrincipal), ("--framework-secret-file", frameworkSecretFile),
            ("--framework-failover-timeout", frameworkFailoverTimeout), ("--listen", listen),
            ("--http-advertise", httpAdvertise), ("--sync-auto", syncAuto), ("--sync-self-heal", syncSelfHeal),
            ("--sync-prune", syncPrune), ("--rollouts-max-concurrent-apps", rolloutsMaxConcurrentApps),
            ("--rollouts-max-concurrent-tasks", rolloutsMaxConcurrentTasks),
            ("--rollouts-brake", rolloutsBrake), ("--data-directory", dataDirectory),
        ]
        return Dictionary(uniqueKeysWithValues: all.compactMap { name, value in value.map { (name, $0) } })
    }

    /// - Throws: ``ConfigurationFailure`` with everything that is wrong.
    func load(in context: CommandContext) throws -> Configuration {
        let environment = context.terminal.environment
        let loader = ConfigurationLoader(parse: parseYAML, environment: environment, read: FileTree.read)
        return try loader.load(file: config ?? context.terminal.value("PACER_CONFIG"), flags: given)
    }
}
