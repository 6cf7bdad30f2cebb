import Domain
import OrderedCollections
import Testing

@testable import Manifests

/// What is written is what was read: only what differs from the defaults, and nothing of it is lost.
@Suite struct WritingTests {
    @Test(arguments: Definitions.all)
    func `a definition that is written and read again is the same spec, and has no problems`(text: String) throws {
        let spec = try #require(Self.spec(text), "\(state(["a.yaml": text]).problems)")
        let written = DefinitionWriter.definition(of: spec.app, id: "/a")
        let again = Self.read(written)
        #expect(again.problems.map(\.message) == [])
        #expect(again.apps.values.first?.spec == spec, "\(written)")
        // Once more: what is written of it is the same to the letter.
        let second = try #require(again.apps.values.first?.spec.app)
        #expect(DefinitionWriter.definition(of: second, id: "/a") == written)
    }

    @Test func `any combination of parts survives it as well`() throws {
        var random = SplitMix64(seed: 7)
        for _ in 0..<400 {
            let text = Definitions.random(using: &random)
            let state = state(["a.yaml": text])
            let spec = try #require(state.apps.values.first?.spec, "\(text)\n\(state.problems)")
            let again = Self.read(DefinitionWriter.definition(of: spec.app, id: "/a"))
            #expect(again.apps.values.first?.spec == spec, "\(text)\n\(again.problems)")
            #expect(again.problems.isEmpty, "\(text)\n\(again.problems)")
        }
    }

    @Test func `defaults are not written, and keys stand in a reader's order`() throws {
        let spec = try #require(Self.spec("{labels: {b: c}, cpus: 0.5, mem: 128, cmd: run, instances: 2, env: {A: x}}"))
        let written = DefinitionWriter.definition(of: spec.app, id: nil)
        #expect(
            written.description
                == #"{"cmd": "run", "instances": 2, "cpus": 0.5, "env": {"A": "x"}, "labels": {"b": "c"}}"#
        )
    }

    @Test func `old forms are written in the current one`() throws {
        let old = """
            {uris: ["http://x/a.tgz"], container: {docker: {image: nginx, network: BRIDGE, \
            portMappings: [{containerPort: 80}]}}, healthChecks: [{path: /ok, maxConsecutiveFailures: 0}]}
            """
        let written = DefinitionWriter.definition(of: try #require(Self.spec(old)).app, id: nil)
        let now = #"""
            {"container": {"type": "DOCKER", "docker": {"image": "nginx"}, "portMappings": [{"containerPort": 80}]}, \#
            "networks": [{"mode": "container/bridge"}], "fetch": [{"uri": "http://x/a.tgz"}], \#
            "healthChecks": [{"protocol": "MESOS_HTTP", "path": "/ok", "maxConsecutiveFailures": 2147483647}]}
            """#
        #expect(written.description == now)
    }

    private static func spec(_ text: String) -> Spec? { state(["a.yaml": text]).apps.values.first?.spec }

    private static func read(_ definition: FieldValue) -> DesiredState {
        var source = SourceManifests(
            source: "test",
            group: .root,
            environment: nil,
            parse: { _ in ParsedFile(documents: [YAMLNode(definition)], failure: nil) },
            sha256: fakeSHA256
        )
        return source.apply(update(.all([file("b.yaml", "written")])))
    }
}

/// Definitions that between them say everything that can be said, in current forms and in old ones.
enum Definitions {
    static let all = apps + pods + old

    static let apps = [
        "{cmd: run}", "{args: [serve, --fast], user: www, cpus: 0.1, mem: 32.5, disk: 10, gpus: 1, instances: 0}",
        "{cmd: run, env: {A: x, B: {secret: s}, C: \"\"}, secrets: {s: {source: a/b}}, labels: {VIP: \"/web:80\"}}",
        "{cmd: run, portDefinitions: [], tty: true, killSelection: OLDEST_FIRST, taskKillGracePeriodSeconds: 0}",
        """
        {cmd: run, portDefinitions: [{port: 8080, name: http, labels: {a: b}}, {protocol: "udp,tcp"}], requirePorts: true,
        fetch: [{uri: "http://x/y", extract: false, executable: true, cache: true, destPath: d}],
        constraints: [[hostname, UNIQUE], [rack, GROUP_BY, 3]], acceptedResourceRoles: ["*", web], role: web}
        """,
        """
        {cmd: run, upgradeStrategy: {minimumHealthCapacity: 0.5, maximumOverCapacity: 0.25}, backoffSeconds: 2,
        backoffFactor: 1.5, maxLaunchDelaySeconds: 60, unreachableStrategy: {inactiveAfterSeconds: 5, expungeAfterSeconds: 9},
        instances: 4, rollout: {canary: 1, promotion: manual, watch: 9, maxFailures: 5, onFailure: pause, deadline: 99}}
        """,
        "{cmd: run, unreachableStrategy: disabled, executor: /opt/executor, executorResources: {cpus: 0.5, mem: 64}}",
        "{cmd: run, resourceLimits: {cpus: unlimited, mem: 256}, dependencies: []}",
        "{cmd: run, container: {type: MESOS, volumes: [{containerPath: data, mode: RW, persistent: {size: 512}}]}}",
        """
        {cmd: run, residency: {taskLostBehavior: RELAUNCH_AFTER_TIMEOUT, relaunchEscalationTimeoutSeconds: 60},
        container: {type: MESOS, volumes: [{containerPath: a, persistent: {size: 5, type: mount, maxSize: 9, profileName: p}},
        {containerPath: b, persistent: {size: 5, type: path, constraints: [[path, LIKE, x]]}}]}}
        """,
        """
        {container: {type: DOCKER, docker: {image: nginx, forcePullImage: true, privileged: true,
        parameters: [{key: label, value: a}, {key: label, value: b}]}, volumes: [{containerPath: /etc, hostPath: /etc, mode: RO}],
        portMappings: [{containerPort: 80, hostPort: 0, servicePort: 10000, name: http, labels: {a: b}}, {protocol: udp}]},
        networks: [{mode: container/bridge, labels: {x: y}}]}
        """,
        """
        {container: {type: MESOS, docker: {image: nginx, pullConfig: {secret: r}}, portMappings: [{hostPort: 80, networkNames: [a]}],
        linuxInfo: {seccomp: {profileName: p}, ipcInfo: {mode: PRIVATE, shmSize: 5}}, volumes: [{containerPath: k, secret: r}]},
        secrets: {r: {source: x}}, networks: [{name: a}, {name: b, labels: {x: y}}]}
        """,
        """
        {cmd: run, container: {type: MESOS, linuxInfo: {seccomp: {unconfined: true}, ipcInfo: {mode: SHARE_PARENT}},
        volumes: [{containerPath: d, mode: RW, external: {name: d, provider: dvdi, size: 5, options: {dvdi/driver: x, dvdi/fs: y}}},
        {containerPath: e, mode: RW, external: {name: e, provider: dvdi, shared: true, options: {dvdi/driver: x}}}]}}
        """,
        """
        {cmd: run, secrets: {s: {source: x}}, container: {type: MESOS, volumes: [{containerPath: d, mode: RO,
        external: {name: d, provider: csi, options: {pluginName: nfs, volumeContext: {a: b}, nodeStageSecret: {k: {secret: s}},
        capability: {accessMode: MULTI_NODE_READER_ONLY, accessType: mount, fsType: xfs, mountFlags: [a]}}}},
        {containerPath: e, mode: RW, external: {name: e, provider: csi, options: {pluginName: nfs,
        capability: {accessMode: SINGLE_NODE_WRITER, accessType: block}}}}]}}
        """,
        """
        {cmd: run, healthChecks: [{protocol: MESOS_HTTPS, path: /ok, port: 80, gracePeriodSeconds: 1, intervalSeconds: 2,
        timeoutSeconds: 3, delaySeconds: 4, maxConsecutiveFailures: 5}], readinessChecks: [{name: r, path: /r, portName: default,
        intervalSeconds: 9, timeoutSeconds: 8, httpStatusCodesForReady: [204, 200], preserveLastResponse: true}]}
        """,
        "{cmd: run, portDefinitions: [{}, {}], check: {http: {path: /c, portIndex: 1}, intervalSeconds: 5}}",
        "{cmd: run, check: {tcp: {port: 80}}, healthChecks: [{protocol: COMMAND, command: {value: x}}]}",
        "{cmd: run, check: {exec: {command: {argv: [a, b]}}}, healthChecks: [{protocol: MESOS_TCP}]}",
        "{container: {docker: {image: x}}, healthChecks: [{protocol: MESOS_TCP, ipProtocol: IPv6}]}",
    ]

    static let pods = [
        "{containers: [{name: a, exec: {command: {shell: run}}, resources: {}}]}",
        """
        {user: web, environment: {A: x, B: {secret: s}}, secrets: {s: {source: x}}, labels: {a: b}, role: web,
        networks: [{name: n}], volumes: [{name: e}, {name: h, host: /etc}, {name: k, secret: s}], linuxInfo: {ipcInfo: {shmSize: 5}},
        scaling: {instances: 3}, executorResources: {cpus: 0.2, mem: 64, disk: 20},
        scheduling: {backoff: {backoff: 0.5, backoffFactor: 2, maxLaunchDelay: 60}, upgrade: {minimumHealthCapacity: 0.5},
        placement: {constraints: [{fieldName: rack, operator: IS, value: r}], acceptedResourceRoles: ["*"]},
        killSelection: OLDEST_FIRST, unreachableStrategy: disabled}, rollout: {canary: 1}, containers: [
        {name: a, exec: {command: {argv: [x]}, overrideEntrypoint: true}, resources: {cpus: 0.1, mem: 32, disk: 5, gpus: 1},
        image: {kind: DOCKER, id: i, forcePull: true, pullConfig: {secret: s}, labels: {l: m}}, resourceLimits: {mem: unlimited},
        endpoints: [{name: w, containerPort: 80, hostPort: 0, protocol: [udp, tcp], labels: {x: y}, networkNames: [n]},
        {name: v, containerPort: 81}], environment: {C: z, D: {secret: s}}, labels: {o: p}, user: u, artifacts: [{uri: f}],
        healthCheck: {http: {endpoint: w, path: /h, scheme: HTTPS}, gracePeriodSeconds: 5, maxConsecutiveFailures: 1},
        check: {tcp: {endpoint: v}, delaySeconds: 0}, lifecycle: {killGracePeriodSeconds: 1.5}, tty: true,
        linuxInfo: {seccomp: {unconfined: true}}, volumeMounts: [{name: e, mountPath: e}, {name: h, mountPath: /h, readOnly: true},
        {name: k, mountPath: k}]}, {name: b, image: {kind: DOCKER, id: j}, resources: {},
        healthCheck: {exec: {command: {argv: [t]}}}, check: {exec: {command: {shell: t}}}}]}
        """,
        """
        {networks: [{mode: container/bridge}], containers: [{name: a, exec: {command: {shell: run}}, resources: {},
        endpoints: [{name: w, containerPort: 80}], healthCheck: {tcp: {endpoint: w}}}]}
        """,
        """
        {networks: [{mode: host}], legacySharedCgroups: true, containers: [{name: a, exec: {command: {shell: run}}, resources: {},
        endpoints: [{name: w, hostPort: 8080}, {name: v, hostPort: 0, protocol: udp}]}]}
        """,
    ]

    /// What people still have in their files.
    static let old = [
        "{cmd: run, ports: [0, 8080], uris: [\"http://x/a.tgz\", \"http://x/b\"], healthChecks: [{}]}",
        "{cmd: run, ipAddress: {networkName: dmz, labels: {a: b}, discovery: {ports: [{number: 80, name: http}]}}}",
        "{cmd: run, ipAddress: {networkName: mesos-bridge}}",
        "{container: {docker: {image: x, network: USER}}, ipAddress: {networkName: dmz}}",
        "{container: {docker: {image: x, network: HOST, privileged: false}}, maintainer: me, storeUrls: []}",
        "{container: {docker: {image: x, network: BRIDGE, portMappings: [{containerPort: 80, hostPort: 8080}]}}}",
        "{cmd: run, container: {type: MESOS, docker: {network: HOST}}}",
        "{container: {docker: {image: x, network: BRIDGE}}}",
        "{ports: [10000, 10001], container: {docker: {image: x, network: BRIDGE, portMappings: [{containerPort: 80}]}}}",
        "{cmd: run, container: {volumes: [{containerPath: etc, hostPath: /etc, mode: RO}]}}",
        """
        {cmd: run, healthChecks: [{protocol: HTTP, path: /deploy, maxConsecutiveFailures: 0},
        {protocol: HTTP, path: /recovery, maxConsecutiveFailures: 0}]}
        """,
    ]

    /// An app of parts that go with one another, each there or not.
    static func random(using random: inout SplitMix64) -> String {
        func flip(_ part: String) -> [String] { Bool.random(using: &random) ? [part] : [] }
        func one(of parts: [String]) -> [String] { [parts[Int.random(in: 0..<parts.count, using: &random)]] }
        let host = one(of: [
            "", "portDefinitions: []", "portDefinitions: [{}, {port: 80, name: b}], requirePorts: true", "networks: []",
        ])
        let other = one(of: [
            "networks: [{mode: container/bridge}]", "networks: [{name: dmz}]",
            "networks: [{name: dmz, labels: {a: b}}]",
        ])
        let mappings = one(of: [
            "", ", portMappings: []",
            ", portMappings: [{containerPort: 80, hostPort: 0, name: a}, {containerPort: 81}]",
        ])
        let volumes = one(of: [
            "", ", volumes: [{containerPath: a, hostPath: /a, mode: RW}]",
            ", volumes: [{containerPath: a, persistent: {size: 5}}]",
            ", volumes: [{containerPath: a, mode: RW, external: {name: v, provider: dvdi, options: {dvdi/driver: d}}}]",
        ])
        let image = one(of: ["type: MESOS", "type: MESOS, docker: {image: x}", "docker: {image: x, privileged: true}"])
        let isMapped = Bool.random(using: &random)
        let container = "container: {\(image[0])\(volumes[0])\(isMapped ? mappings[0] : "")}"
        var parts = ["cmd: run", container] + (isMapped ? other : host)
        parts += flip("env: {A: x, B: {secret: s}}, secrets: {s: {source: y}}") + flip("labels: {k: v}")
        parts += flip("cpus: 0.25") + flip("mem: 64") + flip("resourceLimits: {mem: unlimited}") + flip("tty: true")
        parts += flip("healthChecks: [{protocol: COMMAND, command: {value: x}}]") + flip("check: {tcp: {port: 9}}")
        parts += flip("fetch: [{uri: u}]") + flip("constraints: [[hostname, UNIQUE]]") + flip("executor: e")
        parts += flip("backoffSeconds: 9") + flip("killSelection: OLDEST_FIRST") + flip("rollout: {watch: 5}")
        parts += flip("taskKillGracePeriodSeconds: 5") + flip("user: u") + flip("role: r")
        if image[0].contains("docker: {image: x, privileged") { parts.removeAll { $0.hasPrefix("check:") } }
        return "{" + parts.filter { !$0.isEmpty }.joined(separator: ", ") + "}"
    }
}
