import Domain
import OrderedCollections
import Testing

/// What a container is made of: every part of it is in the digest, under a path that a reader of the definition knows.
@Suite struct ContainerSpecTests {
    /// An app that says something of everything.
    static func full() throws -> AppSpec {
        var spec = AppSpec(id: try #require(AppID("/shop/web")), portDefinitions: [])
        spec.container = AppContainer(
            engine: .docker,
            image: ContainerImage(name: "nginx", parameters: [DockerParameter(key: "label", value: "a")]),
            volumes: [
                ContainerVolume(containerPath: "/etc", source: .host(path: "/etc")),
                ContainerVolume(containerPath: "/key", source: .secret(name: "tls")),
                ContainerVolume(containerPath: "/data", source: .driver(DriverVolume(name: "data", driver: "pxd"))),
                ContainerVolume(
                    containerPath: "/csi",
                    source: .csi(
                        CSIVolume(
                            name: "csi",
                            plugin: "nfs",
                            accessMode: .singleNodeWriter,
                            accessType: .mount(fsType: "ext4", flags: ["ro"])
                        )
                    )
                ),
            ],
            linuxInfo: LinuxInfo(seccomp: .unconfined, ipcMode: .isPrivate, shmSize: 64)
        )
        spec.networks = [Network(mode: .container, name: "dmz")]
        spec.portMappings = [PortMapping(containerPort: 80, hostPort: 0, servicePort: 10_000, name: "http")]
        spec.executor = "/opt/executor"
        spec.executorResources = Resources(cpus: 100, mem: 32_000, disk: 10_000)
        return spec
    }

    private static func volume(_ path: String, _ apply: @escaping @Sendable (inout ContainerVolume) -> Void) -> Change {
        Change("container.volumes[\(path)]", .restart) { spec in
            guard let index = spec.container?.volumes.firstIndex(where: { $0.containerPath == path }) else { return }
            if var volume = spec.container?.volumes[index] {
                apply(&volume)
                spec.container?.volumes[index] = volume
            }
        }
    }

    private static func driver(_ apply: @escaping @Sendable (inout DriverVolume) -> Void) -> Change {
        volume("/data") { volume in
            guard case .driver(var driver) = volume.source else { return }
            apply(&driver)
            volume.source = .driver(driver)
        }
    }

    private static func csi(_ apply: @escaping @Sendable (inout CSIVolume) -> Void) -> Change {
        volume("/csi") { volume in
            guard case .csi(var csi) = volume.source else { return }
            apply(&csi)
            volume.source = .csi(csi)
        }
    }

    private static let changes = [
        Change("container.type", .restart) { $0.container?.engine = .mesos },
        Change("container.docker.image", .restart) { $0.container?.image?.name = "httpd" },
        Change("container.docker.forcePullImage", .restart) { $0.container?.image?.forcePull = true },
        Change("container.docker.pullConfig.secret", .restart) { $0.container?.image?.pullSecret = "registry" },
        Change("container.docker.privileged", .restart) { $0.container?.image?.privileged = true },
        Change("container.docker.parameters", .restart) { $0.container?.image?.parameters[0].key = "dns" },
        Change("container.docker.parameters", .restart) { $0.container?.image?.parameters[0].value = "b" },
        Change("container.linuxInfo", .restart) { $0.container?.linuxInfo?.seccomp = .profile("strict") },
        Change("container.linuxInfo", .restart) { $0.container?.linuxInfo?.ipcMode = .shareParent },
        Change("container.linuxInfo", .restart) { $0.container?.linuxInfo?.shmSize = 65 },
        volume("/etc") { $0.source = .host(path: "/opt") }, volume("/etc") { $0.isReadOnly = true },
        volume("/key") { $0.source = .secret(name: "other") },
        driver { $0.name = "other" }, driver { $0.driver = "rexray" }, driver { $0.size = 5 },
        driver { $0.options = ["dvdi/fs": "xfs"] }, driver { $0.isShared = true },
        csi { $0.name = "other" }, csi { $0.plugin = "ebs" }, csi { $0.accessMode = .multiNodeMultiWriter },
        csi { $0.accessType = .block }, csi { $0.accessType = .mount(fsType: "xfs", flags: ["ro"]) },
        csi { $0.accessType = .mount(fsType: "ext4", flags: []) }, csi { $0.nodeStageSecrets = ["a": "tls"] },
        csi { $0.nodePublishSecrets = ["a": "tls"] }, csi { $0.context = ["a": "b"] },
        Change("networks", .restart) { $0.networks?[0].mode = .bridge },
        Change("networks", .restart) { $0.networks?[0].name = "lan" },
        Change("networks", .restart) { $0.networks?[0].labels = ["a": "b"] },
        Change("container.portMappings", .restart) { $0.portMappings?[0].containerPort = 81 },
        Change("container.portMappings", .restart) { $0.portMappings?[0].hostPort = nil },
        Change("container.portMappings", .restart) { $0.portMappings?[0].transport = "udp" },
        Change("container.portMappings", .restart) { $0.portMappings?[0].name = "web" },
        Change("container.portMappings", .restart) { $0.portMappings?[0].labels = ["VIP_0": "/web:80"] },
        Change("container.portMappings", .restart) { $0.portMappings?[0].networkNames = ["dmz"] },
        // No task knows it: load balancers read it from the API.
        Change("container.portMappings[0].servicePort", .inPlace) { $0.portMappings?[0].servicePort = 10_001 },
        Change("executorResources.cpus", .restart) { $0.executorResources?.cpus = 200 },
        Change("executorResources.mem", .restart) { $0.executorResources?.mem = 64_000 },
        Change("executorResources.disk", .restart) { $0.executorResources?.disk = 20_000 },
    ]

    @Test(arguments: changes)
    func `a change of one part stands under its path, and has its class`(change: Change) throws {
        let before = try Self.full()
        var after = before
        change.apply(&after)
        #expect(after != before)
        let changed = Set(before.fields).symmetricDifference(after.fields)
        #expect(Set(changed.map(\.path)) == [change.path])
        #expect(Set(changed.map(\.fieldClass)) == [change.cost])
        #expect(after.canonicalForm() != before.canonicalForm())
    }

    @Test func `a port of the host is given to those ports alone that ask for one, in their order`() throws {
        var spec = try Self.full()
        spec.portMappings = [
            PortMapping(containerPort: 80, hostPort: 0), PortMapping(containerPort: 81),
            PortMapping(containerPort: 0, hostPort: 31_000),
        ]
        #expect(spec.boundPorts == [nil, 31_000])
        #expect(spec.hostPorts([31_007, 31_000]) == [31_007, nil, 31_000])
        let listening = zip(spec.ports, spec.hostPorts([31_007, 31_000])).map { $0.listening(behind: $1) }
        #expect(listening == [80, 81, 31_000])
    }

    @Test func `an executor of the app's own is part of what an instance takes`() throws {
        #expect(try Self.full().needs == Resources(cpus: 1100, mem: 160_000, disk: 10_000))
    }
}

/// What a task has to show besides its health check.
@Suite struct TaskGateTests {
    @Test func `a new instance is ready once it has said so, and stays so`() {
        var gate = TaskGate(statuses: [200, 204], opensOnce: true, besideHealthCheck: false)
        #expect(gate.health == nil)
        gate.take(healthy: nil, result: .http(status: 503))
        #expect(gate.health == nil)
        gate.take(healthy: nil, result: .http(status: 204))
        #expect(gate.health == true)
        gate.take(healthy: nil, result: .http(status: 503))
        #expect(gate.health == true)
    }

    @Test func `a second check has its say every time, and the first one before it`() {
        var gate = TaskGate(statuses: nil, opensOnce: false, besideHealthCheck: true)
        gate.take(healthy: nil, result: .tcp(succeeded: true))
        #expect(gate.health == nil)
        gate.take(healthy: true, result: nil)
        #expect(gate.health == true)
        gate.take(healthy: nil, result: .command(exitStatus: 1))
        #expect(gate.health == false)
        gate.take(healthy: nil, result: .command(exitStatus: 0))
        #expect(gate.health == true)
        gate.take(healthy: false, result: nil)
        #expect(gate.health == false)
    }

    @Test(arguments: [(199, false), (200, true), (399, true), (400, false)])
    func `an answer passes from 200 to 399 where no statuses are named`(status: Int, passes: Bool) {
        var gate = TaskGate(statuses: nil, opensOnce: false, besideHealthCheck: false)
        gate.take(healthy: nil, result: .http(status: status))
        #expect(gate.health == passes)
    }
}
