import Domain
import Manifests
import Rollout
import WebAPI
import ZooKeeperStore

/// Makes a configuration of a tree; reports everything that is wrong.
struct ConfigurationReader {
    let log: ProblemLog
    let environment: [String: String]

    private static let keys = KnownKeys([
        "name", "environment", "sources", "zookeeper", "zookeeperSessionTimeout", "mesos", "framework", "http", "sync",
        "rollouts", "dataDirectory",
    ])
    private static let frameworkKeys = KnownKeys(["role", "user", "principal", "secretFile", "failoverTimeout"])
    private static let httpKeys = KnownKeys(["listen", "advertise"])
    private static let rolloutsKeys = KnownKeys(["maxConcurrentApps", "maxConcurrentTasks", "brake"])
    private static let brakeKeys = KnownKeys(["lostTasks", "lostShare", "window", "wideDeployment", "failedApps"])
    private static let syncKeys = KnownKeys(["auto", "selfHeal", "prune"])

    /// - Returns: `nil` where something is missing that has no default, which is reported.
    func configuration(_ root: YAMLNode) -> Configuration? {
        guard let top = MappingReader(root, keys: ConfigurationReader.keys, log: log) else { return nil }
        let sources = SourcesReader(log: log).sources(top)
        let zookeeper = store(top)
        let mesos = mesos(top)
        let http = http(top.mapping("http", keys: ConfigurationReader.httpKeys))
        let framework = framework(top.mapping("framework", keys: ConfigurationReader.frameworkKeys))
        let sync = sync(top.mapping("sync", keys: ConfigurationReader.syncKeys))
        let rollouts = rollouts(top.mapping("rollouts", keys: ConfigurationReader.rolloutsKeys))
        let name = top.text("name") ?? "pacer"
        if name.isEmpty { top.report(.badValue, at: "name", "`name` is empty", hint: "name the framework") }
        let data = top.text("dataDirectory") ?? CacheFolder.standard(environment)
        guard let zookeeper, let mesos else { return nil }
        return Configuration(
            name: name,
            environment: environmentName(top),
            sources: sources,
            zookeeper: zookeeper,
            mesos: mesos,
            framework: framework,
            http: http,
            sync: sync,
            rollouts: rollouts,
            dataDirectory: data
        )
    }

    private func environmentName(_ top: MappingReader) -> String? {
        guard let name = top.text("environment") else { return nil }
        guard name.isEmpty || name.hasPrefix(".") || name.contains("/") else { return name }
        top.report(
            .badValue,
            at: "environment",
            "`environment` must be the name of a folder below environments/",
            hint: "write a name without slashes"
        )
        return nil
    }

    private func store(_ top: MappingReader) -> StoreAddress? {
        let hint = "set zookeeper in the file, PACER_ZOOKEEPER or --zookeeper to zk://host:port/path"
        guard let text = top.requiredText("zookeeper", hint: hint) else { return nil }
        let timeout = top.duration("zookeeperSessionTimeout") ?? .seconds(10)
        if timeout < .seconds(1) || timeout > .minutes(10) {
            top.report(
                .outOfRange,
                at: "zookeeperSessionTimeout",
                "`zookeeperSessionTimeout` must be from 1s to 10m",
                hint: "ZooKeeper itself keeps it within 2 to 20 of its ticks"
            )
        }
        do {
            let address = try ZooKeeperAddress(text)
            guard address.path != "/" else {
                top.report(
                    .badValue,
                    at: "zookeeper",
                    "`zookeeper` names no path",
                    hint: "put one behind the servers, for example zk://host:2181/pacer"
                )
                return nil
            }
            return StoreAddress(zookeeper: address, sessionTimeout: timeout)
        } catch {
            report(error, top, "zookeeper", hint: "write it as zk://host:port,host:port/path")
            return nil
        }
    }

    private func mesos(_ top: MappingReader) -> MesosAddress? {
        let hint = "set mesos in the file, PACER_MESOS or --mesos to http://host:5050 or zk://host:port/mesos"
        guard let text = top.requiredText("mesos", hint: hint) else { return nil }
        do {
            return try MesosAddress(text)
        } catch {
            report(error, top, "mesos", hint: "write http://host:5050 or zk://host:port/mesos")
            return nil
        }
    }

    private func report(_ error: any Error, _ reader: MappingReader, _ key: String, hint: String) {
        reader.report(.badValue, at: key, "`\(reader.path(of: key))` cannot be used: \(error)", hint: hint)
    }

    private func framework(_ reader: MappingReader?) -> Configuration.Framework {
        var framework = Configuration.Framework(role: "*", failoverTimeout: Milliseconds(7 * 86_400_000))
        guard let reader else { return framework }
        if let role = reader.text("role") {
            framework.role = role
            if let fault = RoleName.fault(role) {
                reader.report(.badValue, at: "role", "`framework.role` \(fault)", hint: "use * or a name")
            }
        }
        framework.user = reader.text("user")
        framework.principal = reader.text("principal")
        framework.secretFile = reader.text("secretFile")
        if framework.secretFile != nil, framework.principal == nil {
            reader.report(
                .missingKey,
                at: "secretFile",
                "`framework.secretFile` says nothing without a principal",
                hint: "set framework.principal"
            )
        }
        if let timeout = reader.duration("failoverTimeout") { framework.failoverTimeout = timeout }
        return framework
    }

    private func http(_ reader: MappingReader?) -> Configuration.HTTP {
        var http = Configuration.HTTP(listen: WebServer.Address(host: "127.0.0.1", port: 8080))
        guard let reader else { return http }
        if let text = reader.text("listen") {
            if let address = WebServer.Address(written: text) {
                http.listen = address
            } else {
                reader.report(
                    .badValue,
                    at: "listen",
                    "`http.listen` must be an address and a port, but is `\(text)`",
                    hint: "write host:port, for example 127.0.0.1:8080; 0.0.0.0:8080 listens on all interfaces"
                )
            }
        }
        http.advertise = reader.text("advertise")
        if let url = http.advertise, !url.hasPrefix("http://"), !url.hasPrefix("https://") {
            reader.report(
                .badValue,
                at: "advertise",
                "`http.advertise` must be a URL",
                hint: "write http://host:port, as other machines reach this one"
            )
        }
        return http
    }

    private func sync(_ reader: MappingReader?) -> Configuration.Sync {
        Configuration.Sync(
            auto: reader?.flag("auto") ?? true,
            selfHeal: reader?.flag("selfHeal") ?? true,
            prune: reader?.choice("prune", among: ["auto", "never"]) != "never"
        )
    }
}

extension ConfigurationReader {
    /// No limit is said by leaving the key out: with 0 nothing would ever be rolled out.
    private func rollouts(_ reader: MappingReader?) -> Configuration.Rollouts {
        let limits: ClosedRange<Int64> = 1...1_000_000
        return Configuration.Rollouts(
            maxConcurrentApps: reader?.integer("maxConcurrentApps", in: limits).map { Int($0) },
            maxConcurrentTasks: reader?.integer("maxConcurrentTasks", in: limits).map { Int($0) },
            brake: brake(reader?.mapping("brake", keys: ConfigurationReader.brakeKeys))
        )
    }

    private func brake(_ reader: MappingReader?) -> RolloutPolicy.Brake {
        var brake = RolloutPolicy.Brake()
        guard let reader else { return brake }
        let counts: ClosedRange<Int64> = 1...1_000_000
        if let tasks = reader.integer("lostTasks", in: counts) { brake.lostTasks = Int(tasks) }
        if let share = reader.number("lostShare", places: 6, in: 0...1_000_000) { brake.lostShareMillionths = share }
        if let window = reader.duration("window") { brake.window = window }
        if let apps = reader.integer("wideDeployment", in: counts) { brake.wideDeployment = Int(apps) }
        if let apps = reader.integer("failedApps", in: counts) { brake.failedApps = Int(apps) }
        if brake.window == .zero {
            reader.report(
                .outOfRange,
                at: "window",
                "`rollouts.brake.window` must be longer than nothing",
                hint: "write a length of time, for example 5m; a brake that never comes on has a large lostTasks"
            )
        }
        return brake
    }
}

extension WebServer.Address {
    /// Reads `host:port` or `[address]:port`.
    init?(written text: String) {
        guard let colon = text.lastIndex(of: ":"), colon != text.startIndex else { return nil }
        let digits = text[text.index(after: colon)...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        guard let port = Int(digits), (0...65_535).contains(port) else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty, !host.contains(where: { $0.isWhitespace || $0 == "/" }) else { return nil }
        self.init(host: String(host), port: port)
    }
}
