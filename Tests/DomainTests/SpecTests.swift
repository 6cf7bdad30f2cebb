import Domain
import OrderedCollections
import Testing

/// A change of one field: what it is called in the definition, what it costs, and the change.
struct Change: CustomTestStringConvertible, Sendable {
    var path: String
    var cost: FieldClass
    var apply: @Sendable (inout AppSpec) -> Void

    init(_ path: String, _ cost: FieldClass, _ apply: @escaping @Sendable (inout AppSpec) -> Void) {
        (self.path, self.cost, self.apply) = (path, cost, apply)
    }

    var testDescription: String { path }
}

@Suite struct SpecTests {
    private static let changes = [
        Change("id", .restart) { spec in AppID("/other").map { spec.id = $0 } },
        Change("cmd", .restart) { $0.cmd = "walk" },
        Change("args", .restart) { $0.args = ["a"] },
        Change("user", .restart) { $0.user = "web" },
        Change("env.LEVEL", .restart) { $0.env["LEVEL"] = "debug" },
        Change("labels.tier", .restart) { $0.labels["tier"] = "front" },
        Change("cpus", .restart) { $0.resources.cpus = 1 },
        Change("mem", .restart) { $0.resources.mem = 1 },
        Change("disk", .restart) { $0.resources.disk = 1 },
        Change("gpus", .restart) { $0.resources.gpus = 1000 },
        Change("acceptedResourceRoles", .nextLaunch) { $0.acceptedResourceRoles = ["*"] },
        Change("role", .restart) { $0.role = "batch" },
        Change("enforceRole", .restart) { $0.enforcesGroupRole = true },
        Change("unreachableStrategy", .nextLaunch) { $0.unreachableStrategy = .disabled },
        Change("container.volumes", .restart) {
            $0.persistentVolumes = [PersistentVolume(containerPath: "data", size: 1)]
        }, Change("residency", .nextLaunch) { $0.residency = .waitForever },
        Change("residency", .nextLaunch) { $0.residency = .relaunch(after: .zero) },
        Change("portDefinitions", .restart) { $0.portDefinitions[0].port = 80 },
        Change("portDefinitions", .restart) { $0.portDefinitions[0].transport = "udp" },
        Change("portDefinitions", .restart) { $0.portDefinitions[0].name = nil },
        Change("portDefinitions", .restart) { $0.portDefinitions[0].labels["VIP_0"] = "/web:80" },
        Change("portDefinitions", .restart) { $0.portDefinitions = [] },
        Change("requirePorts", .restart) { $0.requirePorts = true },
        Change("fetch", .restart) { $0.fetch = [FetchURI(uri: "x")] },
        Change("healthChecks", .restart) { $0.healthChecks = [HealthCheck(probe: .tcp(port: .index(0)))] },
        Change("taskKillGracePeriodSeconds", .restart) { $0.killGracePeriod = .zero },
        Change("constraints", .nextLaunch) { $0.constraints = [Constraint(field: "rack", comparison: .unique)] },
        Change("backoffSeconds", .nextLaunch) { $0.backoff.first = .zero },
        Change("backoffFactor", .nextLaunch) { $0.backoff.factorMillionths = 1_000_000 },
        Change("maxLaunchDelaySeconds", .nextLaunch) { $0.backoff.longest = .zero },
        Change("instances", .inPlace) { $0.instances = 2 },
        Change("upgradeStrategy.minimumHealthCapacity", .inPlace) { $0.upgradeStrategy.minimumHealthMillionths = 0 },
        Change("upgradeStrategy.maximumOverCapacity", .inPlace) { $0.upgradeStrategy.maximumOverMillionths = 0 },
        Change("killSelection", .inPlace) { $0.killSelection = .oldestFirst },
        Change("dependencies", .inPlace) { $0.dependencies = ["/db"] },
        Change("rollout.canary", .inPlace) { $0.rollout = RolloutStrategy(canary: 1) },
        Change("rollout.promotion", .inPlace) { $0.rollout = RolloutStrategy(promotion: .manual) },
        Change("rollout.watch", .inPlace) { $0.rollout = RolloutStrategy(watch: .seconds(1)) },
        Change("rollout.watch", .inPlace) { $0.rollout = RolloutStrategy(watch: .zero) },
        Change("rollout.maxFailures", .inPlace) { $0.rollout = RolloutStrategy(maxFailures: 1) },
        Change("rollout.onFailure", .inPlace) { $0.rollout = RolloutStrategy(onFailure: .pause) },
        Change("container.type", .restart) { $0.container = AppContainer(engine: .docker) },
        Change("networks", .restart) { $0.networks = [Network(mode: .bridge)] },
        Change("container.portMappings", .restart) { $0.portMappings = [PortMapping()] },
        Change("check", .restart) { $0.check = TaskCheck(probe: .command("true")) },
        Change("readinessChecks", .restart) { $0.readinessCheck = ReadinessCheck() },
        Change("resourceLimits.cpus", .restart) { $0.resourceLimits = ResourceLimits(cpus: .unlimited) },
        Change("resourceLimits.mem", .restart) { $0.resourceLimits = ResourceLimits(mem: .amount(256_000)) },
        Change("secrets.db.source", .restart) { $0.secrets = ["db": "shop/db"] },
        Change("env.PASSWORD", .restart) { $0.secretEnv = ["PASSWORD": "db"] },
        Change("executor", .restart) { $0.executor = "/opt/executor" },
        Change("tty", .restart) { $0.tty = true },
        Change("rollout.deadline", .inPlace) { $0.rollout = RolloutStrategy(deadline: .seconds(1)) },
    ]

    @Test(arguments: changes)
    func `a change of one field changes its class's canonical form and no other`(change: Change) throws {
        let before = try plain()
        var after = before
        change.apply(&after)
        #expect(after != before)
        for fieldClass in FieldClass.allCases {
            let differs = before.canonicalForm(of: [fieldClass]) != after.canonicalForm(of: [fieldClass])
            #expect(differs == (fieldClass == change.cost))
        }
        #expect(after.canonicalForm() != before.canonicalForm())
        let changed = Set(before.fields).symmetricDifference(after.fields)
        #expect(Set(changed.map(\.path)) == [change.path])
        #expect(Set(changed.map(\.fieldClass)) == [change.cost])
    }

    @Test(arguments: changes)
    func `a spec restarts only where its restart digest differs`(change: Change) throws {
        let before = Spec(try plain(), sha256: fakeSHA256)
        var app = before.app
        change.apply(&app)
        let after = Spec(app, sha256: fakeSHA256)
        #expect(after != before)
        #expect((after.restartDigest != before.restartDigest) == (change.cost == .restart))
    }

    @Test func `every stored field of a spec is among its fields`() throws {
        let stored = Mirror(reflecting: try plain()).children.compactMap(\.label)
        let told = Set(Self.changes.map { $0.path.split(separator: ".")[0] })
        let renamed = [
            "resources": "cpus", "backoff": "backoffSeconds", "killGracePeriod": "taskKillGracePeriodSeconds",
            // A pod has fields of its own: PodSpecTests.
            "pod": "id",
            "persistentVolumes": "container", "portMappings": "container",
            "enforcesGroupRole": "enforceRole",
            "readinessCheck": "readinessChecks", "secretEnv": "env",
            // ContainerSpecTests.
            "executorResources": "executor",
        ]
        for name in stored { #expect(told.contains(renamed[name, default: name][...]), "\(name) is in no digest") }
    }

    @Test func `every member of a check, a file to fetch and a volume is in the digest`() throws {
        let check = HealthCheck(probe: .http(path: "/", port: .index(0), tls: false))
        let checks: [HealthCheck] = [
            check, with(check) { $0.probe = .http(path: "/", port: .index(0), tls: true) },
            with(check) { $0.probe = .http(path: "/x", port: .index(0), tls: false) },
            with(check) { $0.probe = .http(path: "/", port: .number(0), tls: false) },
            with(check) { $0.probe = .tcp(port: .index(0)) }, with(check) { $0.probe = .command("/") },
            with(check) { $0.gracePeriod = .zero }, with(check) { $0.interval = .zero },
            with(check) { $0.timeout = .zero }, with(check) { $0.delay = .zero },
            with(check) { $0.maxConsecutiveFailures = 0 }, with(check) { $0.ipv6 = true },
        ]
        let file = FetchURI(uri: "x")
        let files: [FetchURI] = [
            file, with(file) { $0.uri = "y" }, with(file) { $0.extract = false }, with(file) { $0.executable = true },
            with(file) { $0.cache = true }, with(file) { $0.destPath = "" },
        ]
        let volume = PersistentVolume(containerPath: "x", size: 1)
        let volumes: [PersistentVolume] = [
            volume, with(volume) { $0.containerPath = "y" }, with(volume) { $0.type = .path },
            with(volume) { $0.size = 2 }, with(volume) { $0.maxSize = 1 }, with(volume) { $0.profileName = "" },
            with(volume) { $0.constraints = [Constraint(field: "path", comparison: .like, value: "a")] },
        ]
        var forms: Set<[UInt8]> = []
        for check in checks { forms.insert(with(try plain()) { $0.healthChecks = [check] }.canonicalForm()) }
        for file in files { forms.insert(with(try plain()) { $0.fetch = [file] }.canonicalForm()) }
        for volume in volumes { forms.insert(with(try plain()) { $0.persistentVolumes = [volume] }.canonicalForm()) }
        #expect(forms.count == checks.count + files.count + volumes.count)
    }

    private func plain() throws -> AppSpec { AppSpec(id: try #require(AppID("/web")), cmd: "run") }

    private func with<Value>(_ value: Value, _ change: (inout Value) -> Void) -> Value {
        var changed = value
        change(&changed)
        return changed
    }
}
