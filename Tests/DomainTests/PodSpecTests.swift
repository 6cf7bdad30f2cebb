import Domain
import OrderedCollections
import Testing

/// What a pod is made of, and what a change of it costs.
@Suite struct PodSpecTests {
    private static let changes =
        [
            Change("id", .restart) { spec in AppID("/other").map { spec.id = $0 } },
            Change("user", .restart) { $0.user = "web" },
            Change("environment.LEVEL", .restart) { $0.env["LEVEL"] = "debug" },
            Change("labels.tier", .restart) { $0.labels["tier"] = "front" },
            Change("volumes", .restart) { $0.pod?.setVolumes(["data"]) },
            Change("volumes[etc].host", .restart) { $0.pod?.hostVolumes = ["etc": "/etc"] },
            Change("volumes[key].secret", .restart) { $0.pod?.secretVolumes = ["key": "tls"] },
            Change("linuxInfo", .restart) { $0.pod?.linuxInfo = LinuxInfo(ipcMode: .isPrivate) },
            Change("legacySharedCgroups", .restart) { $0.pod?.sharesCgroups = true },
            Change("networks", .restart) { $0.networks = [Network(mode: .container, name: "dmz")] },
            Change("secrets.tls.source", .restart) { $0.secrets = ["tls": "shop/tls"] },
            Change("environment.PASSWORD", .restart) { $0.secretEnv = ["PASSWORD": "tls"] },
            Change("role", .restart) { $0.role = "batch" },
            Change("executorResources.cpus", .restart) { $0.pod?.executorResources.cpus = 200 },
            Change("executorResources.mem", .restart) { $0.pod?.executorResources.mem = 64_000 },
            Change("executorResources.disk", .restart) { $0.pod?.executorResources.disk = 20_000 },
            Change("scheduling.placement.constraints", .nextLaunch) {
                $0.constraints = [Constraint(field: "rack", comparison: .unique)]
            },
            Change("scheduling.placement.acceptedResourceRoles", .nextLaunch) { $0.acceptedResourceRoles = ["*"] },
            Change("scheduling.unreachableStrategy", .nextLaunch) { $0.unreachableStrategy = .disabled },
            Change("scheduling.backoff.backoff", .nextLaunch) { $0.backoff.first = .zero },
            Change("scheduling.backoff.backoffFactor", .nextLaunch) { $0.backoff.factorMillionths = 1_000_000 },
            Change("scheduling.backoff.maxLaunchDelay", .nextLaunch) { $0.backoff.longest = .zero },
            Change("scaling.instances", .inPlace) { $0.instances = 2 },
            Change("scheduling.upgrade.minimumHealthCapacity", .inPlace) {
                $0.upgradeStrategy.minimumHealthMillionths = 0
            },
            Change("scheduling.upgrade.maximumOverCapacity", .inPlace) { $0.upgradeStrategy.maximumOverMillionths = 0 },
            Change("scheduling.killSelection", .inPlace) { $0.killSelection = .oldestFirst },
            Change("dependencies", .inPlace) { $0.dependencies = ["/db"] },
            Change("rollout.canary", .inPlace) { $0.rollout = RolloutStrategy(canary: 1) },
        ] + containerChanges

    private static let containerChanges = [
        container("exec.command.shell") { $0.command = .shell("walk") },
        container("exec.overrideEntrypoint") { $0.overridesEntrypoint = true },
        container("image") { $0.image = ContainerImage(name: "nginx") },
        container("resourceLimits.mem") { $0.resourceLimits = ResourceLimits(mem: .unlimited) },
        container("environment.PASSWORD") { $0.secretEnvironment = ["PASSWORD": "tls"] },
        container("check") { $0.check = TaskCheck(probe: .tcp(port: .index(0))) },
        container("linuxInfo") { $0.linuxInfo = LinuxInfo(seccomp: .unconfined) },
        container("tty") { $0.tty = true },
        container("endpoints") { $0.endpoints[0].hostPort = nil },
        container("endpoints") { $0.endpoints[0].containerPort = 80 },
        container("endpoints") { $0.endpoints[0].networkNames = ["dmz"] },
        container("volumeMounts") { $0.volumeMounts = [VolumeMount(name: "data", mountPath: "d")] },
        container("user") { $0.user = "web" },
        container("environment.LEVEL") { $0.environment["LEVEL"] = "debug" },
        container("labels.tier") { $0.labels["tier"] = "front" },
        container("resources.cpus") { $0.resources.cpus = 1 },
        container("resources.mem") { $0.resources.mem = 1 },
        container("resources.disk") { $0.resources.disk = 1 },
        container("resources.gpus") { $0.resources.gpus = 1000 },
        container("endpoints") { $0.endpoints[0].hostPort = 80 },
        container("endpoints") { $0.endpoints[0].transports = ["tcp", "udp"] },
        container("endpoints") { $0.endpoints[0].labels["VIP_0"] = "/web:80" },
        container("artifacts") { $0.artifacts = [FetchURI(uri: "x")] },
        container("healthCheck") { $0.healthCheck?.probe = .tcp(port: .index(0)) },
        container("healthCheck") { $0.healthCheck?.probe = .http(path: "/", port: .index(0), tls: true) },
        container("healthCheck") { $0.healthCheck?.probe = .http(path: "/", port: .index(0), tls: false) },
        container("healthCheck") { $0.healthCheck?.probe = .program(["true"]) },
        container("healthCheck") { $0.healthCheck?.gracePeriod = .zero },
        container("healthCheck") { $0.healthCheck?.interval = .zero },
        container("healthCheck") { $0.healthCheck?.timeout = .zero },
        container("healthCheck") { $0.healthCheck?.delay = .zero },
        container("healthCheck") { $0.healthCheck?.maxConsecutiveFailures = 0 },
        container("lifecycle.killGracePeriodSeconds") { $0.killGracePeriod = .zero },
        container("volumeMounts") { $0.volumeMounts = [VolumeMount(name: "data", mountPath: "d")] },
    ]

    private static func container(_ path: String, _ apply: @escaping @Sendable (inout PodContainer) -> Void) -> Change {
        Change("containers[web].\(path)", .restart) { spec in
            guard let pod = spec.pod else { return }
            var containers = pod.containers
            apply(&containers[1])
            spec.pod = PodSpec(containers: containers)
        }
    }

    @Test(arguments: changes)
    func `a change of one field stands under its path in the pod's definition, and has its class`(change: Change) throws
    {
        let before = try pod()
        var after = before
        change.apply(&after)
        let changed = Set(before.fields).symmetricDifference(after.fields)
        #expect(Set(changed.map(\.path)) == [change.path])
        #expect(Set(changed.map(\.fieldClass)) == [change.cost])
        for fieldClass in FieldClass.allCases {
            let differs = before.canonicalForm(of: [fieldClass]) != after.canonicalForm(of: [fieldClass])
            #expect(differs == (fieldClass == change.cost))
        }
    }

    @Test func `every stored part of a pod is among its fields`() throws {
        let paths = Self.changes.map(\.path)
        let pod = try #require(try pod().pod)
        let ofPod = [
            "hostVolumes": "volumes[etc]", "secretVolumes": "volumes[key]", "sharesCgroups": "legacySharedCgroups",
        ]
        for name in Mirror(reflecting: pod).children.compactMap(\.label) {
            #expect(paths.contains { $0.hasPrefix(ofPod[name, default: name]) }, "\(name) is in no digest")
        }
        let renamed = [
            "overridesEntrypoint": "exec.overrideEntrypoint", "secretEnvironment": "environment", "command": "exec",
            "killGracePeriod": "lifecycle", "name": "exec",
        ]
        for name in Mirror(reflecting: pod.containers[1]).children.compactMap(\.label) {
            let path = "containers[web].\(renamed[name, default: name])"
            #expect(paths.contains { $0.hasPrefix(path) }, "\(name) is in no digest")
        }
    }

    @Test func `containers and volumes have no order, and one container more leaves the others' fields as they are`()
        throws
    {
        let containers = [makeContainer("b"), makeContainer("a"), makeContainer("c")]
        #expect(PodSpec(containers: containers) == PodSpec(containers: containers.reversed()))
        #expect(PodSpec(containers: [], volumes: ["b", "a"]).volumes == ["a", "b"])
        var more = try pod()
        more.pod = PodSpec(containers: [makeContainer("middle")] + (more.pod?.containers ?? []))
        let added = Set(more.fields).subtracting(try pod().fields)
        #expect(!added.isEmpty && added.allSatisfy { $0.path.hasPrefix("containers[middle].") })
        #expect(Set(try pod().fields).isSubset(of: more.fields))
    }

    @Test func `a pod needs what its containers and its executor need, and all their ports`() throws {
        let spec = try pod()
        #expect(spec.needs == Resources(cpus: 100 + 300 + 300, mem: 32_000 + 128_000, disk: 10_000))
        #expect(spec.ports.map(\.name) == ["http", "metrics"])
        #expect(spec.boundPorts == [nil, 9090])
        #expect(spec.isChecked)
        let app = AppSpec(id: spec.id, resources: Resources(cpus: 5), portDefinitions: [PortDefinition(port: 80)])
        #expect(app.needs == Resources(cpus: 5))
        #expect(app.boundPorts == [nil])
        #expect(!app.isChecked)
    }

    private func makeContainer(_ name: String) -> PodContainer {
        PodContainer(name: name, command: .shell("run"), resources: Resources(cpus: 300, mem: 64_000))
    }

    private func pod() throws -> AppSpec {
        var web = makeContainer("web")
        web.endpoints = [PodEndpoint(name: "http"), PodEndpoint(name: "metrics", hostPort: 9090)]
        web.healthCheck = HealthCheck(probe: .http(path: "/ok", port: .index(0), tls: false))
        var spec = AppSpec(id: try #require(AppID("/web")), portDefinitions: [])
        spec.pod = PodSpec(containers: [web, makeContainer("log")])
        return spec
    }
}

extension PodSpec {
    fileprivate mutating func setVolumes(_ volumes: [String]) {
        self = PodSpec(containers: containers, executorResources: executorResources, volumes: volumes)
    }
}
