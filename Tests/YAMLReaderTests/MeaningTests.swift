import Domain
import Manifests
import OrderedCollections
import Testing
import YAMLReader

/// Files that say the same thing give the same spec.
@Suite struct MeaningTests {
    @Test func `every field arrives where it belongs`() throws {
        let spec = try #require(app(whole))
        #expect(
            spec
                == AppSpec(
                    id: try #require(AppID("/shop/web")),
                    cmd: "./serve",
                    user: "web",
                    env: ["A": "1", "B": "two"],
                    labels: ["tier": "front"],
                    resources: Resources(cpus: 100, mem: 32_500, disk: 10_000),
                    instances: 3,
                    portDefinitions: [
                        PortDefinition(port: 0, name: "http", labels: ["VIP_0": "/web:80"]),
                        PortDefinition(port: 8081, transport: "udp,tcp"),
                    ],
                    requirePorts: true,
                    fetch: [
                        FetchURI(uri: "http://x/y.tgz", extract: false, executable: true, cache: true, destPath: "d")
                    ],
                    healthChecks: [
                        HealthCheck(
                            probe: .http(path: "/ok", port: .index(0), tls: false),
                            gracePeriod: .seconds(5),
                            interval: .seconds(2),
                            timeout: .seconds(1),
                            delay: .zero,
                            maxConsecutiveFailures: 1
                        )
                    ],
                    upgradeStrategy: UpgradeStrategy(minimumHealthMillionths: 500_000, maximumOverMillionths: 250_000),
                    dependencies: ["/infra", "/shop/db"],
                    constraints: [
                        Constraint(field: "hostname", comparison: .unique),
                        Constraint(field: "rack", comparison: .maxPer, value: "2"),
                    ],
                    backoff: BackoffPolicy(first: .seconds(2), factorMillionths: 2_000_000, longest: .seconds(60)),
                    killGracePeriod: .seconds(10),
                    killSelection: .oldestFirst
                )
        )
    }

    @Test func `a default is the same whether it is written or not`() throws {
        let written = """
            cmd: run
            args: null
            cpus: 1
            mem: 128.0
            disk: 0
            instances: 1e0
            env: {}
            labels: {}
            portDefinitions: [{port: 0, protocol: tcp, name: default, labels: {}}]
            requirePorts: false
            fetch: []
            healthChecks: []
            upgradeStrategy: {minimumHealthCapacity: 1, maximumOverCapacity: 1.0}
            dependencies: []
            constraints: []
            backoffSeconds: 1
            backoffFactor: 1.15
            maxLaunchDelaySeconds: 300
            killSelection: YOUNGEST_FIRST
            """
        #expect(try digest(written) == digest("cmd: run"))
    }

    @Test(arguments: [
        ("cmd: run\nenv: {A: x, B: y}", "env: {B: y, A: x}\ncmd: run"),
        ("cmd: run\nlabels: {a: 'x', b: 'y'}", "cmd: run\nlabels:\n  b: y\n  a: x\n"),
        (
            "cmd: run\nconstraints: [[a, UNIQUE], [b, IS, c]]",
            "cmd: run\nconstraints: [[b, is, c], [a, unique], [a, UNIQUE]]"
        ),
        ("cmd: run\ndependencies: [/a, /b]", "cmd: run\ndependencies: [b, ./a, /a/]"),
        ("cmd: run\ncpus: 0.1", "cmd: run\ncpus: 1e-1"), ("cmd: run\nenv: {A: 8080}", "cmd: run\nenv: {A: '8080'}"),
        ("cmd: run\nports: [0, 80]", "cmd: run\nportDefinitions: [{port: 0}, {port: 80}]"),
        (
            "cmd: run\nuris: ['http://x/a.tgz?v=1', x.txt]",
            "cmd: run\nfetch: [{uri: 'http://x/a.tgz?v=1'}, {uri: x.txt, extract: false}]"
        ),
        ("cmd: run\nhealthChecks: [{}]", "cmd: run\nhealthChecks: [{protocol: MESOS_HTTP, path: /, portIndex: 0}]"),
        ("id: web\ncmd: run\n", "{\"cmd\": \"run\", \"id\": \"/web\"}"),
        ("cmd: &c run\nuser: *c", "cmd: run\nuser: run"),
        ("<<: {cmd: run, user: a}\nuser: b", "cmd: run\nuser: b"),
    ])
    func `two ways to say one thing have one digest`(left: String, right: String) throws {
        #expect(try digest(left) == digest(right))
    }

    @Test(arguments: UInt64(0)..<20)
    func `the order of keys and the choice of JSON or YAML change no digest`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let node = try #require(parseYAML(Array(whole.utf8)).documents.first)
        let shuffled = node.shuffled(&random)
        #expect(try digest(shuffled.json) == digest(whole))
    }

    private let whole = """
        id: /shop/web
        cmd: ./serve
        user: web
        env: {B: two, A: "1"}
        labels: {tier: front}
        cpus: 0.1
        mem: 32.5
        disk: 10
        instances: 3
        portDefinitions:
          - {port: 0, name: http, labels: {VIP_0: "/web:80"}}
          - {port: 8081, protocol: "udp,tcp"}
        requirePorts: true
        fetch:
          - {uri: "http://x/y.tgz", extract: false, executable: true, cache: true, destPath: d}
        healthChecks:
          - protocol: MESOS_HTTP
            path: /ok
            gracePeriodSeconds: 5
            intervalSeconds: 2
            timeoutSeconds: 1
            delaySeconds: 0
            maxConsecutiveFailures: 1
        upgradeStrategy: {minimumHealthCapacity: 0.5, maximumOverCapacity: 0.25}
        dependencies: [shop/db, /infra]
        constraints: [[rack, max_per, 2], [hostname, UNIQUE]]
        backoffSeconds: 2
        backoffFactor: 2
        maxLaunchDelaySeconds: 60
        taskKillGracePeriodSeconds: 10
        killSelection: OLDEST_FIRST
        """

    private func state(_ text: String) -> DesiredState {
        var source = SourceManifests(source: "s", group: .root, environment: nil, parse: parseYAML, sha256: fakeSHA256)
        let helpers = ["shop/db", "infra/dns", "a", "b"].map { file("\($0).yaml", "cmd: run") }
        let update = SourceUpdate(
            source: "s",
            revision: Revision("r"),
            tree: "t",
            author: "Ada",
            committed: Instant(milliseconds: 0),
            subject: "",
            descends: true,
            files: .all(helpers + [file("web.yaml", text)])
        )
        return source.apply(update)
    }

    private func app(_ text: String) -> AppSpec? {
        state(text).apps.values.first { $0.file == "web.yaml" }?.spec.app
    }

    private func digest(_ text: String) throws -> Digest {
        let state = state(text)
        let declared = state.apps.values.first { $0.file == "web.yaml" }
        return try #require(declared, "\(state.problems.map(\.message))").spec.digest
    }
}

extension YAMLNode {
    fileprivate func shuffled(_ random: inout SplitMix64) -> YAMLNode {
        switch content {
        case .scalar: return self
        case .sequence(let items): return YAMLNode(.sequence(items.map { $0.shuffled(&random) }), at: mark)
        case .mapping(let entries):
            var mixed = entries.map { Entry(key: $0.key, value: $0.value.shuffled(&random)) }
            mixed.shuffle(using: &random)
            return YAMLNode(.mapping(mixed), at: mark)
        }
    }

    /// The node as JSON: what is a number or a truth value stays bare.
    fileprivate var json: String {
        switch content {
        case .sequence(let items): return "[" + items.map(\.json).joined(separator: ",") + "]"
        case .mapping(let entries):
            return "{" + entries.map { "\"\($0.key.writtenText ?? "")\":\($0.value.json)" }.joined(separator: ",") + "}"
        case .scalar(let text, _):
            if case .text? = scalar { return "\"\(text)\"" }
            return text
        }
    }
}
