import Domain
import Manifests
import OrderedCollections
import Testing

/// Pods: what they say, and what is wrong with them.
@Suite struct PodTests {
    static let whole = """
        {id: /prod/shop, user: shop, environment: {LEVEL: info}, labels: {tier: front},
         networks: [{mode: host}],
         containers: [
           {name: web, user: www, exec: {command: {argv: [serve, "--fast"]}}, resources: {cpus: 0.25, mem: 64.5, disk: 5, gpus: 1},
            endpoints: [{name: http, hostPort: 0, protocol: [tcp], labels: {VIP_0: "/shop:80"}},
                        {name: dns, hostPort: 31050, protocol: [udp, tcp]}],
            environment: {GREETING: hello}, labels: {owner: web},
            healthCheck: {http: {endpoint: http, path: /ok, scheme: HTTPS}, gracePeriodSeconds: 5, intervalSeconds: 4,
                          timeoutSeconds: 3, delaySeconds: 2, maxConsecutiveFailures: 1},
            artifacts: [{uri: "http://x/y.tgz", extract: false, executable: true, cache: true, destPath: d}],
            lifecycle: {killGracePeriodSeconds: 1.5}, volumeMounts: [{name: data, mountPath: in/it}]},
           {name: log, exec: {command: {shell: "tail -f log"}}, resources: {},
            healthCheck: {exec: {command: {argv: ["true"]}}}, volumeMounts: [{name: data, mountPath: out, readOnly: false}]}],
         volumes: [{name: data}], executorResources: {cpus: 0.2, mem: 64, disk: 20},
         scaling: {kind: fixed, instances: 3},
         scheduling: {backoff: {backoff: 0.5, backoffFactor: 2, maxLaunchDelay: 60},
                      upgrade: {minimumHealthCapacity: 0.5, maximumOverCapacity: 0.25},
                      placement: {constraints: [{fieldName: rack, operator: max_per, value: 2},
                                                {fieldName: hostname, operator: UNIQUE}], acceptedResourceRoles: ["*"]},
                      killSelection: OLDEST_FIRST, unreachableStrategy: disabled},
         rollout: {canary: 1}}
        """

    @Test func `every field of a pod arrives where it belongs`() throws {
        let state = state(["pod.yaml": Self.whole])
        #expect(state.findings == [])
        let id = try #require(AppID("/prod/shop"))
        var expected = AppSpec(
            id: id,
            user: "shop",
            env: ["LEVEL": "info"],
            labels: ["tier": "front"],
            instances: 3,
            portDefinitions: [],
            upgradeStrategy: UpgradeStrategy(minimumHealthMillionths: 500_000, maximumOverMillionths: 250_000),
            constraints: [
                Constraint(field: "hostname", comparison: .unique),
                Constraint(field: "rack", comparison: .maxPer, value: "2"),
            ],
            backoff: BackoffPolicy(first: Milliseconds(500), factorMillionths: 2_000_000, longest: .seconds(60)),
            killSelection: .oldestFirst,
            rollout: RolloutStrategy(canary: 1)
        )
        expected.acceptedResourceRoles = ["*"]
        expected.unreachableStrategy = .disabled
        expected.pod = PodSpec(
            containers: [web, log],
            executorResources: Resources(cpus: 200, mem: 64_000, disk: 20_000),
            volumes: ["data"]
        )
        #expect(state.apps[id]?.spec.app == expected)
    }

    private var web: PodContainer {
        PodContainer(
            name: "web",
            command: .argv(["serve", "--fast"]),
            resources: Resources(cpus: 250, mem: 64_500, disk: 5000, gpus: 1000),
            endpoints: [
                PodEndpoint(name: "http", labels: ["VIP_0": "/shop:80"]),
                PodEndpoint(name: "dns", hostPort: 31050, transports: ["tcp", "udp"]),
            ],
            environment: ["GREETING": "hello"],
            labels: ["owner": "web"],
            user: "www",
            artifacts: [
                FetchURI(uri: "http://x/y.tgz", extract: false, executable: true, cache: true, destPath: "d")
            ],
            healthCheck: HealthCheck(
                probe: .http(path: "/ok", port: .index(0), tls: true),
                gracePeriod: .seconds(5),
                interval: .seconds(4),
                timeout: .seconds(3),
                delay: .seconds(2),
                maxConsecutiveFailures: 1
            ),
            killGracePeriod: Milliseconds(1500),
            volumeMounts: [VolumeMount(name: "data", mountPath: "in/it")]
        )
    }

    private var log: PodContainer {
        PodContainer(
            name: "log",
            command: .shell("tail -f log"),
            resources: Resources(cpus: 1000, mem: 128_000),
            healthCheck: HealthCheck(probe: .program(["true"])),
            volumeMounts: [VolumeMount(name: "data", mountPath: "out")]
        )
    }

    private static func container(_ more: String) -> String {
        "{containers: [{name: a, exec: {command: {shell: run}}, resources: {}, \(more)}]}"
    }

    /// A pod in one line, with its problems as `column code`.
    private static let rows: [(String, [String])] = [
        (container(""), []), ("{containers: []}", ["14 E015"]), ("{containers: 5}", ["14 E010"]),
        ("{containers: [{name: A, exec: {command: {shell: run}}, resources: {}}]}", ["22 E015"]),
        ("{containers: [{exec: {command: {shell: run}}, resources: {}}]}", ["15 E016"]),
        ("{containers: [{name: a, resources: {}}]}", ["15 E030"]),
        ("{containers: [{name: a, image: {kind: DOCKER, id: x}, resources: {}}]}", []),
        ("{containers: [{name: a, exec: {command: {}}, resources: {}}]}", ["41 E030"]),
        ("{containers: [{name: a, exec: {command: {shell: x, argv: [y]}}, resources: {}}]}", ["41 E030"]),
        ("{containers: [{name: a, exec: {command: {argv: []}}, resources: {}}]}", ["48 E015"]),
        ("{containers: [{name: a, exec: {command: {shell: run}}}]}", ["15 E016"]),
        ("{containers: [{name: a, exec: {command: {shell: run}}, resources: {cpus: 0}}]}", ["74 E014"]),
        (
            "{containers: [{name: a, exec: {command: {shell: x}}, resources: {}}, "
                + "{name: a, exec: {command: {shell: x}}, resources: {}}]}", ["77 E060"]
        ),
        (container("endpoints: [{name: x, hostPort: 0}, {name: x, hostPort: 0}]"), ["114 E032"]),
        (container("endpoints: [{name: x, hostPort: 81}, {name: y, hostPort: 81}]"), ["128 E032"]),
        (container("endpoints: [{name: x}]"), ["83 E016"]),
        (container("endpoints: [{name: x, hostPort: 0, containerPort: 80}]"), ["106 W006"]),
        (container("endpoints: [{name: x, hostPort: 0, protocol: [tcp, tcp]}]"), ["116 E015"]),
        (container("healthCheck: {}"), ["84 E016"]),
        (container("healthCheck: {tcp: {endpoint: x}}"), ["101 E033"]),
        (container("healthCheck: {exec: {command: {shell: x}}, tcp: {endpoint: a}}"), ["114 E031"]),
        (container("environment: {1A: x}"), ["84 E015"]),
        (container("lifecycle: {killGracePeriodSeconds: 0}"), ["107 E014"]),
        (container("tty: true"), []), (container("check: {tcp: {endpoint: x}}"), ["95 E033"]),
        (container("volumeMounts: [{name: data, mountPath: d}]"), ["93 E061"]),
        (container("volumeMounts: [{name: data, mountPath: /d}]"), ["93 E061"]),
        (mounting("mountPath: /d"), ["135 E012"]), (mounting("mountPath: ../d"), ["135 E015"]),
        (mounting("mountPath: d, readOnly: true"), ["148 E012"]),
        (pod("volumes: [{name: data}]"), ["19 E061"]),
        (pod("volumes: [{name: data, host: /x}]"), ["19 E061"]),
        (pod("networks: [{mode: container}]"), ["13 E016"]), (pod("networks: [{name: x}]"), []),
        (pod("networks: [{mode: host}]"), []), (pod("dependencies: [/x]"), ["2 E012"]),
        (pod("secrets: {a: {}}"), ["15 E016"]),
        (pod("executorResources: {mem: 31}"), ["27 E014"]), (pod("scaling: {kind: elastic}"), ["18 E015"]),
        (pod("scaling: {instnces: 2}"), ["12 E011"]),
        (pod("scheduling: {backoff: {backoffFactor: 0.5}}"), ["40 E014"]),
        (pod("scheduling: {placement: {constraints: [{fieldName: x, operator: UNIQE}]}}"), ["66 E035"]),
        (pod("scheduling: {placement: {constraints: [[x, UNIQUE]]}}"), ["41 E010"]),
        (pod("scheduling: {upgrade: {minimumHealthCapacity: 0.5}}"), []),
        (
            "{legacySharedCgroups: true, containers: [{name: a, exec: {command: {shell: x}}, resources: {}, "
                + "resourceLimits: {mem: unlimited}}]}", ["2 E031"]
        ), (pod("cmd: run"), ["2 W001"]), (pod("instances: 2"), ["2 W001"]), (pod("enviroment: {A: x}"), ["2 E011"]),
    ]

    private static func mounting(_ mount: String) -> String {
        "{volumes: [{name: data}], containers: [{name: a, exec: {command: {shell: run}}, resources: {}, "
            + "volumeMounts: [{name: data, \(mount)}]}]}"
    }

    private static func pod(_ more: String) -> String {
        "{\(more), containers: [{name: a, exec: {command: {shell: run}}, resources: {}}]}"
    }

    @Test(arguments: rows)
    func `a pod's problems have codes and places`(text: String, findings: [String]) {
        let found = state(["pod.yaml": text]).problems.map { "\($0.column) \($0.code.dropFirst(6))" }
        #expect(found.sorted() == findings.sorted())
    }

    @Test func `pods stand beside apps: in files, in lists, under the names of files, without the apps' defaults`() {
        let state = state([
            "pacer.yaml": "{defaults: {cpus: 2, labels: {a: b}}}",
            "shop/pod.yaml": Self.container(""),
            "all.yaml": "[{id: app, cmd: run}, {id: list, \(Self.container("").dropFirst())]",
        ])
        #expect(state.findings == [])
        #expect(state.ids == ["/app", "/list", "/shop/pod"])
        #expect(state.apps.values.map { $0.spec.app.pod != nil } == [false, true, true])
        #expect(state.apps.values.map(\.spec.app.labels.count) == [1, 0, 0])
    }

    @Test func `a group's document holds no pods, as in Marathon, and its folder's dependencies are the pod's`() throws
    {
        let group = "{id: /g, apps: [{id: pod, \(Self.container("").dropFirst())]}"
        #expect(state(["g.yaml": group]).findings == ["g.yaml:1:27 PACER-E012"])
        let folder = state([
            "g/_group.yaml": "{dependencies: [/db]}", "g/pod.yaml": Self.container(""), "db.yaml": "{cmd: run}",
        ])
        #expect(folder.apps.values.first { $0.spec.app.pod != nil }?.spec.app.dependencies == ["/db"])
    }
}
