import Domain
import OrderedCollections
import Testing

@testable import Scheduling

/// What Mesos is told of a pod: beside Marathon's `TaskGroupBuilder`.
@Suite struct GroupLaunchTests {
    static let pod = makeSpec("/prod/shop") {
        $0.cmd = nil
        $0.user = "shop"
        $0.env = ["LEVEL": "info", "HOST": "mine", "GREETING": "pod"]
        $0.labels = ["tier": "front", "owner": "pod"]
        $0.pod = PodSpec(
            containers: [
                PodContainer(
                    name: "web",
                    command: .argv(["serve", "--fast"]),
                    resources: Resources(cpus: 250, mem: 64_500),
                    endpoints: [
                        PodEndpoint(name: "http", transports: ["tcp"], labels: ["VIP_0": "/shop:80"]),
                        PodEndpoint(name: "dns-x", hostPort: 31050, transports: ["tcp", "udp"]),
                    ],
                    environment: ["GREETING": "web"],
                    labels: ["owner": "web"],
                    user: "www",
                    artifacts: [FetchURI(uri: "http://files/x.tgz")],
                    healthCheck: HealthCheck(probe: .http(path: "/ok", port: .index(0), tls: false)),
                    killGracePeriod: Milliseconds(1500),
                    volumeMounts: [VolumeMount(name: "data", mountPath: "in")]
                ),
                PodContainer(
                    name: "log",
                    command: .shell("tail -f out/log"),
                    resources: Resources(cpus: 100, mem: 32_000),
                    endpoints: [PodEndpoint(name: "admin")],
                    volumeMounts: [VolumeMount(name: "data", mountPath: "out")]
                ),
            ],
            volumes: ["data"]
        )
    }

    private func launched(prefix: String = "") throws -> (Harness, executor: ExecutorDescription, [TaskDescription]) {
        var harness = Harness([Self.pod], settings: SchedulerSettings(environmentPrefix: prefix))
        harness.subscribe()
        harness.start(Self.pod)
        let group = try #require(harness.offer([makeAgent(1)]).groups.first)
        return (harness, group.executor, group.tasks)
    }

    @Test func `names, ids, labels, command, check and volumes are Marathon's`() throws {
        let (_, executor, tasks) = try launched()
        #expect(executor.id == "instance-prod_shop.3-1")
        #expect(executor.labels.map { "\($0.key)=\($0.value ?? "-")" } == ["tier=front", "owner=pod"])
        #expect(tasks.map(\.id) == [TaskID("prod_shop.3-1.log"), TaskID("prod_shop.3-1.web")])
        #expect(tasks.map(\.name) == ["log", "web"])
        #expect(tasks.map(\.discoveryName) == ["shop.prod", "shop.prod"])
        #expect(tasks.map(\.command) == [.shell("tail -f out/log"), .program(["serve", "--fast"])])
        #expect(tasks.map(\.user) == ["shop", "www"])
        #expect(tasks.map(\.killGracePeriod) == [nil, Milliseconds(1500)])
        #expect(tasks[1].labels == [Label(key: "owner", value: "web")])
        #expect(tasks[1].fetch == [FetchURI(uri: "http://files/x.tgz")])
        #expect(tasks[1].container?.volumes == [.init(path: "in", source: .parentSandbox(path: "volumes/data"))])
        #expect(tasks[0].container?.volumes == [.init(path: "out", source: .parentSandbox(path: "volumes/data"))])
        #expect(tasks[0].check == nil)
    }

    @Test func `each container announces its own endpoints, and its check goes to its own port`() throws {
        let (harness, _, tasks) = try launched()
        let ports = try #require(harness.scheduler.instance(makeInstance(Self.pod, 1))?.task?.ports)
        #expect(ports.count == 3 && ports[2] == 31050)
        #expect(tasks[0].ports.map { "\($0.number) \($0.name ?? "-") \($0.transport)" } == ["\(ports[0]) admin tcp"])
        #expect(
            tasks[1].ports.map { "\($0.number) \($0.name ?? "-") \($0.transport)" }
                == ["\(ports[1]) http tcp", "31050 dns-x tcp", "31050 dns-x udp"]
        )
        let scope = Label(key: "network-scope", value: "host")
        #expect(tasks[1].ports[0].labels == [Label(key: "VIP_0", value: "/shop:80"), scope])
        #expect(tasks[1].check?.probe == .http(port: ports[1], path: "/ok", scheme: "http"))
    }

    @Test func `a container's environment is Marathon's, which wins over the definition's own`() throws {
        let (harness, _, tasks) = try launched(prefix: "x_")
        let ports = try #require(harness.scheduler.instance(makeInstance(Self.pod, 1))?.task?.ports)
        let lines = tasks[1].environment.map { "\($0.key)=\($0.value ?? "-")" }
        #expect(
            lines == [
                "LEVEL=info",
                "HOST=host1.example",
                "GREETING=web",
                "MESOS_TASK_ID=prod_shop.3-1.web",
                "MESOS_EXECUTOR_ID=instance-prod_shop.3-1",
                "MARATHON_APP_ID=/prod/shop",
                "MARATHON_APP_VERSION=\(Self.pod.digest.short)",
                "MARATHON_CONTAINER_ID=web",
                "MARATHON_CONTAINER_RESOURCE_CPUS=0.25",
                "MARATHON_CONTAINER_RESOURCE_MEM=64.5",
                "MARATHON_CONTAINER_RESOURCE_DISK=0.0",
                "MARATHON_CONTAINER_RESOURCE_GPUS=0",
                "MARATHON_APP_LABELS=TIER OWNER",
                "MARATHON_APP_LABEL_TIER=front",
                "MARATHON_APP_LABEL_OWNER=web",
                "X_ENDPOINT_ADMIN=\(ports[0])",
                "X_EP_HOST_ADMIN=\(ports[0])",
                "X_ENDPOINT_HTTP=\(ports[1])",
                "X_EP_HOST_HTTP=\(ports[1])",
                "X_ENDPOINT_DNS_X=31050",
                "X_EP_HOST_DNS_X=31050",
            ]
        )
    }

    @Test func `the executor has its own resources and all ports, each task has what its container asks for`() throws {
        let (harness, executor, tasks) = try launched()
        let own = ResourceTests.total(executor.resources)
        #expect(own.amounts == ["cpus": 100, "mem": 32_000, "disk": 10_000])
        #expect(own.ports == harness.scheduler.instance(makeInstance(Self.pod, 1))?.task?.ports.sorted())
        #expect(ResourceTests.total(tasks[0].resources).amounts == ["cpus": 100, "mem": 32_000])
        #expect(ResourceTests.total(tasks[1].resources).amounts == ["cpus": 250, "mem": 64_500])
        #expect(tasks.allSatisfy { ResourceTests.total($0.resources).ports.isEmpty })
    }

    @Test func `a pod is placed as a whole: where all of it fits, or nowhere`() {
        let pod = makePod("/a")
        for (cpus, fits) in [(700, true), (699, false)] as [(Int64, Bool)] {
            var harness = Harness([pod])
            harness.subscribe()
            harness.start(pod)
            let effects = harness.offer([makeAgent(1)], plain(cpus: cpus))
            #expect(effects.groups.count == (fits ? 1 : 0))
            #expect((harness.scheduler.refusals[pod.id] == nil) == fits)
        }
    }

    @Test func `apps and pods share an offer: single tasks in one operation, each group in its own`() {
        let (web, pod) = (makeSpec("/web"), makePod("/pod"))
        var harness = Harness([web, pod])
        harness.subscribe()
        harness.start(web, 1...2)
        harness.start(pod, 1...2)
        let effects = harness.offer([makeAgent(1)])
        guard case .accept(_, let operations, _)? = effects.gated.first else {
            Issue.record("nothing was accepted: \(effects)")
            return
        }
        #expect(operations.map(\.launches.count) == [2, 2, 2])
        #expect(effects.groups.count == 2)
        #expect(ResourceTests.total(operations.launches.flatMap(\.resources)).amounts["cpus"] == 3200)
    }

    @Test func `members are recorded before the launch, and an app has none`() throws {
        let (harness, _, tasks) = try launched()
        let record = try #require(harness.effects.changed.first?.task)
        #expect(record.members?.map(\.id) == tasks.map(\.id))
        #expect(record.members?.map(\.container) == ["log", "web"])
        #expect(record.members?.map(\.isChecked) == [false, true])
        #expect(record.members?.allSatisfy { $0.condition == .launching && $0.isLive } == true)
        var single = Harness([makeSpec("/a")])
        single.subscribe()
        single.start(makeSpec("/a"))
        #expect(single.offer([makeAgent(1)]).changed.first?.task?.members == nil)
    }
}
