import Domain
import OrderedCollections
import Testing

@testable import Scheduling

@Suite struct LaunchTests {
    static let spec = makeSpec("/prod/web") {
        $0.cmd = "serve --port $PORT0"
        $0.resources = Resources(cpus: 100, mem: 64_500, disk: 0, gpus: 0)
        $0.user = "www"
        $0.env = ["GREETING": "hello", "PORT0": "mine"]
        $0.labels = [
            "HAPROXY_GROUP": "external", "traefik.frontend.rule": "Host:a", "long": String(repeating: "x", count: 512),
        ]
        $0.portDefinitions = [
            PortDefinition(port: 10101, name: "http", labels: ["VIP_0": "/web:80"]),
            PortDefinition(port: 0, transport: "udp,tcp", name: "dns-x"),
        ]
        $0.fetch = [FetchURI(uri: "http://files/x.tgz")]
        $0.healthChecks = [HealthCheck(probe: .http(path: "/health", port: .index(1), tls: true))]
        $0.killGracePeriod = .seconds(7)
    }

    static func task(_ spec: Spec, ports: [Int], prefix: String = "") -> TaskDescription {
        let builder = TaskBuilder(spec, settings: SchedulerSettings(environmentPrefix: prefix))
        return builder.task(TaskID("prod_web.3-1"), on: makeAgent(1), ports: ports, shares: [plain()])
    }

    @Test func `a task's environment is Marathon's, and the app's own wins`() {
        let task = LaunchTests.task(LaunchTests.spec, ports: [31005, 31006])
        let lines = task.environment.map { "\($0.key)=\($0.value ?? "-")" }
        #expect(
            lines == [
                "MESOS_TASK_ID=prod_web.3-1",
                "MARATHON_APP_ID=/prod/web",
                "MARATHON_APP_VERSION=\(LaunchTests.spec.digest.short)",
                "MARATHON_APP_RESOURCE_CPUS=0.1",
                "MARATHON_APP_RESOURCE_MEM=64.5",
                "MARATHON_APP_RESOURCE_DISK=0.0",
                "MARATHON_APP_RESOURCE_GPUS=0",
                "MARATHON_APP_ENFORCE_GROUP_ROLE=FALSE",
                "MARATHON_APP_LABELS=HAPROXY_GROUP TRAEFIK_FRONTEND_RULE",
                "MARATHON_APP_LABEL_HAPROXY_GROUP=external",
                "MARATHON_APP_LABEL_TRAEFIK_FRONTEND_RULE=Host:a",
                "HOST=host1.example",
                "PORT=31005",
                "PORT0=mine",
                "PORT1=31006",
                "PORTS=31005,31006",
                "PORT_10101=31005",
                "PORT_31006=31006",
                "PORT_HTTP=31005",
                "PORT_DNS-X=31006",
                "GREETING=hello",
            ]
        )
    }

    @Test func `names, discovery, labels, check and kill policy are Marathon's`() {
        let task = LaunchTests.task(LaunchTests.spec, ports: [31005, 31006])
        let scope = Label(key: "network-scope", value: "host")
        #expect(task.name == "web.prod")
        #expect(task.agent == AgentID("S1"))
        #expect(task.command == .shell("serve --port $PORT0"))
        #expect(task.user == "www")
        #expect(task.fetch == LaunchTests.spec.app.fetch)
        #expect(task.labels.map(\.key) == ["HAPROXY_GROUP", "traefik.frontend.rule", "long"])
        #expect(task.killGracePeriod == .seconds(7))
        #expect(
            task.ports.map { "\($0.number) \($0.name ?? "-") \($0.transport)" }
                == ["31005 http tcp", "31006 dns-x udp", "31006 dns-x tcp"]
        )
        #expect(task.ports[0].labels == [Label(key: "VIP_0", value: "/web:80"), scope])
        #expect(task.ports[1].labels == [scope])
        #expect(task.check?.probe == .http(port: 31006, path: "/health", scheme: "https"))
        #expect(task.check?.gracePeriod == .seconds(300))
        #expect(task.check?.consecutiveFailures == 3)
    }

    @Test func `without ports there are no port variables, and a prefix touches only ports and host`() {
        let bare = makeSpec("/a") {
            $0.cmd = nil
            $0.args = ["prog", "x"]
        }
        let task = LaunchTests.task(bare, ports: [])
        #expect(task.command == .program(["prog", "x"]))
        #expect(task.environment.filter { $0.key.hasPrefix("PORT") }.isEmpty)
        #expect(task.environment.contains(Label(key: "MARATHON_APP_LABELS", value: "")))
        let prefixed = LaunchTests.task(LaunchTests.spec, ports: [1, 2], prefix: "X_").environment.map(\.key)
        #expect(prefixed.filter { $0.hasPrefix("X_") }.count == 9)
        #expect(prefixed.contains("X_HOST") && prefixed.contains("MESOS_TASK_ID") && !prefixed.contains("HOST"))
    }

    @Test(
        arguments: [
            (0, "0.0"), (100, "0.1"), (1, "0.001"), (1000, "1.0"), (128_000, "128.0"), (1_250, "1.25"),
            (9_999_999_000, "9999999.0"), (10_000_000_000, "1.0E7"), (12_345_678_900, "1.23456789E7"),
            (123_456_789_000, "1.23456789E8"),
        ] as [(Int64, String)]
    )
    func `amounts are written as Java writes doubles`(thousandths: Int64, text: String) {
        #expect(TaskEnvironment.number(thousandths) == text)
    }

    @Test(arguments: [
        ("a.b-c", "A_B_C"), ("a..b", "A_B"), ("ä", "_"), ("ok_1", "OK_1"), (".x.", "_X_"),
    ])
    func `label keys become variable names`(key: String, name: String) {
        #expect(TaskEnvironment.variableName(key) == name)
    }

    @Test func `a launch is recorded before it is accepted, with all that the record needs`() {
        let spec = makeSpec("/prod/web") { $0.portDefinitions = [PortDefinition(port: 0), PortDefinition(port: 0)] }
        var harness = Harness([spec])
        harness.subscribe()
        harness.start(spec)
        let effects = harness.offer([makeAgent(1)])
        let record = effects.changed.first?.task
        let task = effects.launches.first
        #expect(record?.id == TaskID("prod_web.3-1"))
        #expect(record?.agent == makeAgent(1))
        #expect(record?.launched == harness.now)
        #expect(task?.id == record?.id)
        #expect(record?.ports == task?.ports.map(\.number))
        #expect(ResourceTests.total(task?.resources ?? []).amounts == ["cpus": 1000, "mem": 128_000])
        #expect(ResourceTests.total(task?.resources ?? []).ports == record?.ports.sorted())
        let recorded = effects.firstIndex { if case .changed = $0 { true } else { false } }
        let accepted = effects.firstIndex { if case .afterCommit(.accept) = $0 { true } else { false } }
        #expect((recorded ?? .max) < (accepted ?? -1))
    }

    @Test func `several tasks on one agent go out in one accept, with different ports`() {
        let spec = makeSpec("/a") { $0.portDefinitions = [PortDefinition(port: 0)] }
        var harness = Harness([spec])
        harness.subscribe()
        harness.start(spec, 1...3)
        let effects = harness.offer([makeAgent(1)])
        #expect(effects.gated.count == 1)
        #expect(Set(effects.launches.flatMap { $0.ports.map(\.number) }).count == 3)
    }

    @Test func `several offers of one agent are accepted as one`() {
        let spec = makeSpec("/a") { $0.resources = Resources(cpus: 5000, mem: 1000) }
        var harness = Harness([spec])
        harness.subscribe()
        harness.start(spec)
        let offers = [makeOffer("O1", on: makeAgent(1)), makeOffer("O2", on: makeAgent(1))]
        harness.handle(.mesos(.offers(offers)))
        guard case .accept(let ids, let operations, _)? = harness.tick().gated.first else {
            Issue.record("nothing was accepted: \(harness.effects)")
            return
        }
        #expect(ids == [OfferID("O1"), OfferID("O2")])
        #expect(ResourceTests.total(operations.launches[0].resources).amounts["cpus"] == 5000)
    }

    @Test func `required ports are had exactly, or the app waits and says so`() {
        let spec = makeSpec("/a") {
            $0.requirePorts = true
            $0.portDefinitions = [PortDefinition(port: 31007), PortDefinition(port: 0)]
        }
        var harness = Harness([spec])
        harness.subscribe()
        harness.start(spec, 1...2)
        harness.offer([makeAgent(1)])
        #expect(harness.scheduler.instance(makeInstance(spec, 1))?.task?.ports.first == 31007)
        #expect(harness.scheduler.instance(makeInstance(spec, 2))?.condition == .scheduled)
        #expect(harness.scheduler.refusals[spec.id]?.reasons == [.ports: 1])
        #expect(harness.offer([makeAgent(2)]).launches.count == 1)
        #expect(harness.scheduler.refusals.isEmpty)
    }

    @Test func `a port that was just freed is not the next one that is given`() {
        let spec = makeSpec("/a") { $0.portDefinitions = [PortDefinition(port: 0)] }
        var harness = Harness([spec])
        harness.subscribe()
        harness.start(spec)
        var ports: [Int] = []
        for _ in 1...5 {
            ports += harness.offer([makeAgent(1)]).changed.compactMap { $0.task?.ports.first }
            harness.update(makeInstance(spec, 1), .killed)
        }
        #expect(Set(ports).count == 5)
    }

    @Test func `instances spread over agents, emptiest first`() {
        let spec = makeSpec("/a")
        var harness = Harness([spec])
        harness.subscribe()
        harness.start(spec, 1...6)
        harness.offer((1...3).map { makeAgent($0) })
        let hosts = harness.scheduler.instances(of: spec.id).compactMap { $0.task?.agent.hostname }
        #expect(Dictionary(grouping: hosts) { $0 }.mapValues(\.count).values.allSatisfy { $0 == 2 })
    }

    @Test func `a large app does not take everything before a small one had its turn`() {
        let large = makeSpec("/large")
        let small = makeSpec("/small")
        var harness = Harness([large, small])
        harness.subscribe()
        harness.start(large, 1...500)
        harness.start(small, 1...10)
        harness.offer((1...25).map { makeAgent($0) })
        #expect(harness.scheduler.instances(of: small.id).allSatisfy { $0.condition == .launching })
        #expect(harness.scheduler.instances(of: large.id).count { $0.condition == .launching } == 90)
    }

    @Test func `with one place at a time every app has its turn`() {
        let specs = (1...4).map { makeSpec("/a\($0)") { $0.resources = Resources(cpus: 4000, mem: 1000) } }
        var harness = Harness(specs)
        harness.subscribe()
        for spec in specs { harness.start(spec, 1...5) }
        for _ in 1...8 { harness.offer([makeAgent(1)]) }
        for spec in specs {
            #expect(harness.scheduler.instances(of: spec.id).count { $0.condition == .launching } == 2)
        }
    }

    @Test func `a report says what is asked for, what the best offer had, and how often what was missing`() {
        let spec = makeSpec("/big") { $0.resources = Resources(cpus: 8000, mem: 8_000_000) }
        var harness = Harness([spec])
        harness.subscribe()
        harness.start(spec)
        harness.tick()
        #expect(harness.scheduler.refusals[spec.id]?.offers == 0)
        let small = [1, 2].map { makeOffer("O\($0)", on: makeAgent($0)) }
        let narrow = makeOffer("O3", on: makeAgent(3), plain(cpus: 2000, mem: 16_000))
        harness.handle(.mesos(.offers(small + [narrow])))
        harness.tick()
        let report = harness.scheduler.refusals[spec.id]
        #expect(report?.offers == 3)
        #expect(report?.reasons == [.resource("cpus"): 3, .resource("mem"): 2])
        #expect(report?.asked.cpus == 8000)
        #expect(report?.best.cpus == 4000 && report?.best.mem == 16_000_000)
    }

    @Test func `what refuses an app is counted in the offers of the last search, not in all that ever came`() {
        let spec = makeSpec("/a") { $0.resources = Resources(cpus: 64_000) }
        var harness = Harness([spec])
        harness.subscribe()
        harness.start(spec)
        for _ in 1...4 { harness.offer([makeAgent(1), makeAgent(2), makeAgent(3)]) }
        let since = harness.scheduler.refusals[spec.id]?.since
        #expect(harness.scheduler.refusals[spec.id]?.offers == 3)
        #expect(harness.scheduler.refusals[spec.id]?.reasons == [.resource("cpus"): 3])
        harness.offer([makeAgent(1)], plain(cpus: 8000))
        #expect(harness.scheduler.refusals[spec.id]?.offers == 1)
        #expect(harness.scheduler.refusals[spec.id]?.best.cpus == 8000)
        #expect(harness.scheduler.refusals[spec.id]?.since == since, "it has been waiting all the time")
        harness.tick()
        #expect(harness.scheduler.refusals[spec.id]?.offers == 1, "a turn without offers says nothing new")
    }
}
