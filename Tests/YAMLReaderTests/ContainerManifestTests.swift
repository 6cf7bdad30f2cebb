import Domain
import Manifests
import Testing
import YAMLReader

/// What is wrong with containers, networks, volumes, secrets, limits and checks; each row is a file with every problem in it.
@Suite struct ContainerManifestTests {
    @Test(arguments: containers + volumes)
    func `a container and its volumes go together`(row: Row) { check(row) }

    @Test(arguments: networks + ports)
    func `networks and ports go together`(row: Row) { check(row) }

    @Test(arguments: secrets + limits + checks)
    func `secrets, limits and checks go together`(row: Row) { check(row) }

    private func check(_ row: Row) {
        let report = LintReport.alone(file("web.yaml", row.text), parse: parseYAML, sha256: fakeSHA256)
        let found = report.problems.map { "\($0.code.dropFirst(6)) \($0.line):\($0.column)" }
        #expect(found == row.findings, "\(report.problems.map(\.message))")
        for problem in report.problems { #expect(!problem.message.isEmpty && !problem.hint.isEmpty) }
    }

    private static let containers = [
        Row("container: {docker: {image: nginx}}"), Row("container: {type: DOCKER}", "E030 1:1", "E016 1:12"),
        Row("cmd: run\ncontainer: {type: DOCKER, docker: {forcePullImage: true}}", "E016 2:35"),
        Row("cmd: run\ncontainer: {type: MESOS, docker: {network: HOST}}", "W003 2:35"),
        Row("cmd: run\ncontainer: {type: APPC, appc: {image: x}}", "E015 2:19", "E012 2:25"),
        Row("container: {docker: {image: x, credential: {principal: y}}}", "E012 1:32"),
        Row("container: {type: MESOS, docker: {image: x, privileged: true}}", "W006 1:45"),
        Row("container: {type: MESOS, docker: {image: x, parameters: [{key: a, value: b}]}}", "W006 1:45"),
        Row("container: {docker: {image: x, parameters: [{key: name, value: b}]}}", "E015 1:51"),
        Row("container: {docker: {image: x, parameters: [{key: a}, {key: b, value: 5}]}}", "E016 1:45", "W005 1:71"),
        Row("container: {docker: {image: x}, linuxInfo: {ipcInfo: {mode: PRIVATE}}}", "W006 1:33"),
        Row("cmd: run\ncontainer: {type: MESOS, linuxInfo: {seccomp: {}}}", "E015 2:47"),
        Row(
            "cmd: run\ncontainer: {type: MESOS, linuxInfo: {seccomp: {unconfined: true, profileName: x}}}",
            "E015 2:47"
        ),
        Row("cmd: run\ncontainer: {type: MESOS, linuxInfo: {ipcInfo: {mode: SHARE_PARENT, shmSize: 5}}}", "E015 2:77"),
        Row("cmd: run\nexecutor: /opt/executor"), Row("cmd: run\nexecutor: a//b", "E015 2:11"),
        Row("cmd: run\nexecutor: //cmd\nexecutorResources: {cpus: 1}", "W006 3:1"),
        Row("cmd: run\nexecutor: x\nexecutorResources: {cpus: 0.01}", "E014 3:27"),
        Row("cmd: run\nrole: web\nacceptedResourceRoles: ['*', web, slave_public]", "W006 3:24"),
        Row("cmd: run\nacceptedResourceRoles: [slave_public]"), Row("cmd: run\ntty: true"),
        Row("gpus: 1\ncontainer: {docker: {image: x}}", "E015 1:7"),
        Row("cmd: run\nlabels: {DCOS_MIGRATION_API_VERSION: v2}", "E015 2:9"),
        Row("cmd: run\nlabels: {DCOS_MIGRATION_API_VERSION: v1, DCOS_PACKAGE_FRAMEWORK_NAME: a}", "E015 2:9"),
    ]

    private static func volume(_ text: String) -> String {
        "cmd: run\ncontainer: {type: MESOS, volumes: [{\(text)}]}"
    }

    private static let volumes = [
        Row(volume("containerPath: /etc, hostPath: /etc, mode: RO")),
        Row(volume("containerPath: /etc, hostPath: /etc"), "E016 2:36"),
        Row(volume("containerPath: /etc, hostPath: '', mode: RO"), "E015 2:68"),
        Row(volume("hostPath: /etc, mode: RO"), "E016 2:36"), Row(volume("containerPath: a, mode: RO"), "E016 2:36"),
        Row(volume("containerPath: key, secret: tls"), "E039 2:65"),
        Row(
            "cmd: run\nsecrets: {tls: {source: a}}\ncontainer: {docker: {image: x}, volumes: [{containerPath: k, secret: tls}]}",
            "E015 3:70"
        ),
        Row(volume("containerPath: d, mode: RW, external: {name: d, provider: dvdi, options: {dvdi/driver: pxd}}")),
        Row(
            volume("containerPath: d, mode: RO, external: {name: d, provider: dvdi, options: {dvdi/driver: pxd}}"),
            "E015 2:61"
        ),
        Row(volume("containerPath: d, mode: RW, external: {name: d, provider: dvdi, options: {fs: x}}"), "E016 2:110"),
        Row(volume("containerPath: d, mode: RW, external: {name: d, provider: nfs, options: {}}"), "E015 2:95"),
        Row(
            volume(
                "containerPath: d, mode: RW, external: {name: d, provider: dvdi, options: {dvdi/driver: pxd, fs: x}}"
            ),
            "E015 2:110"
        ),
        Row(
            volume("containerPath: d, mode: RW, external: {name: d, provider: csi, options: {pluginName: nfs}}"),
            "E016 2:109"
        ),
        Row(
            volume(
                "containerPath: d, mode: RW, external: {name: d, provider: csi, options: "
                    + "{pluginName: nfs, capability: {accessMode: SINGLE_NODE_WRITER, accessType: block}}}"
            )
        ),
        Row(
            "container: {docker: {image: x}, volumes: [{containerPath: d, mode: RW, "
                + "external: {name: d, provider: dvdi, size: 5, options: {dvdi/driver: pxd}}}]}",
            "E015 1:114"
        ),
        Row(
            "instances: 2\n"
                + volume("containerPath: d, mode: RW, external: {name: d, provider: dvdi, options: {dvdi/driver: pxd}}"),
            "E037 1:12"
        ),
        Row(
            "instances: 2\n"
                + volume(
                    "containerPath: d, mode: RW, external: "
                        + "{name: d, provider: dvdi, shared: true, options: {dvdi/driver: pxd}}"
                )
        ),
    ]

    private static let networks = [
        Row("cmd: run\nnetworks: []"), Row("cmd: run\nnetworks: [{mode: container/bridge}]"),
        Row("cmd: run\nnetworks: [{name: dmz}, {name: lan}]"),
        Row("cmd: run\nnetworks: [{name: dmz}, {name: dmz}]", "E042 2:32"),
        Row("cmd: run\nnetworks: [{name: dmz}, {mode: host}]", "E042 2:25"),
        Row("cmd: run\nnetworks: [{mode: container/bridge}, {mode: container/bridge}]", "E042 2:38"),
        Row("cmd: run\nnetworks: [{mode: host, name: x}]", "E042 2:25"),
        Row("cmd: run\nnetworks: [{mode: container/bridge, name: x}]", "E042 2:37"),
        Row("cmd: run\nnetworks: [{name: 'a b'}]", "E015 2:19"), Row("cmd: run\nnetworks: [{mode: user}]", "E015 2:19"),
        Row("container: {docker: {image: x}}\nnetworks: [{name: a}, {name: b}]", "E042 2:11"),
        Row("container: {docker: {image: x, network: BRIDGE}}", "W003 1:32"),
        Row("container: {docker: {image: x, network: NONE}}", "E012 1:41"),
        Row("container: {docker: {image: x, network: USER}}", "W003 1:32", "E016 1:41"),
        Row("container: {docker: {image: x, network: USER}}\nipAddress: {networkName: dmz}", "W003 1:32", "W003 2:1"),
        Row("container: {docker: {image: x, network: HOST}}\nnetworks: [{mode: container/bridge}]", "E031 1:32"),
        Row("container: {docker: {image: x, network: BRIDGE}}\nnetworks: [{mode: container/bridge}]", "W003 1:32"),
        Row("cmd: run\nipAddress: {networkName: dmz, groups: [a]}", "W003 2:1", "W006 2:31"),
        Row("cmd: run\nipAddress: {}", "W003 2:1", "E016 2:12"),
        Row("cmd: run\nipAddress: {networkName: dmz}\nports: [80]", "E031 2:1", "W003 2:1", "W006 3:1"),
        Row("cmd: run\nipAddress: {networkName: dmz, discovery: {ports: [{}]}}", "W003 2:1", "E016 2:51"),
    ]

    private static func bridge(_ mapping: String) -> String {
        "cmd: run\nnetworks: [{mode: container/bridge}]\ncontainer: {type: MESOS, portMappings: [\(mapping)]}"
    }

    private static let ports = [
        Row(
            bridge(
                "{containerPort: 80, hostPort: 0, servicePort: 10000, protocol: 'udp,tcp', name: http, labels: {a: b}}"
            )
        ),
        Row(bridge("{name: a}, {name: a}"), "E032 3:40"), Row(bridge("{containerPort: 65536}"), "E014 3:57"),
        Row(bridge("{networkNames: [dmz]}"), "E042 3:40"),
        Row("cmd: run\ncontainer: {type: MESOS, portMappings: [{containerPort: 80}]}", "W006 2:26"),
        Row(
            "container: {docker: {image: x, network: BRIDGE, portMappings: [{containerPort: 80}]}}",
            "W003 1:32",
            "W003 1:49"
        ),
        Row(
            "networks: [{name: a}, {name: b}]\ncontainer: {type: MESOS, docker: {image: x}, portMappings: [{hostPort: 0}]}",
            "E042 2:60"
        ),
        Row("requirePorts: true\ncontainer: {docker: {image: x}}\nnetworks: [{mode: container/bridge}]", "W006 1:1"),
        Row("ports: [0]\ncontainer: {docker: {image: x}}\nnetworks: [{mode: container/bridge}]", "W006 1:1"),
    ]

    private static let secrets = [
        Row("cmd: run\nsecrets: {a: {source: /x}}\nenv: {A: {secret: a}}"),
        Row("cmd: run\nsecrets: {a: {}}", "E016 2:14"), Row("cmd: run\nsecrets: {a: x}", "E010 2:14"),
        Row("cmd: run\nsecrets: [a]", "E010 2:10"), Row("cmd: run\nenv: {A: {}}", "E016 2:10"),
        Row("cmd: run\nsecrets: {db: {source: x}}\nenv: {A: {secret: dp}}", "E039 3:19"),
        Row("container: {type: MESOS, docker: {image: x, pullConfig: {secret: r}}}", "E039 1:66"),
        Row("secrets: {r: {source: x}}\ncontainer: {docker: {image: x, pullConfig: {secret: r}}}", "E015 2:44"),
    ]

    private static let limits = [
        Row("cmd: run\nresourceLimits: {cpus: unlimited, mem: 256}"),
        Row("cmd: run\nresourceLimits: {cpus: 0.5}", "E014 2:24"),
        Row("cmd: run\nresourceLimits: {mem: unlimted}", "E015 2:23"),
        Row("cmd: run\nresourceLimits: {disk: 5}", "W001 2:18"),
    ]

    private static let checks = [
        Row("cmd: run\ncheck: {http: {path: /}}"), Row("cmd: run\ncheck: {}", "E016 2:8"),
        Row("cmd: run\ncheck: {tcp: {}, http: {}}", "E031 2:18"),
        Row("cmd: run\ncheck: {http: {scheme: HTTPS}}", "W006 2:24"),
        Row("cmd: run\ncheck: {tcp: {portIndex: 1}}", "E033 2:26"),
        Row("container: {docker: {image: x}}\ncheck: {exec: {command: {shell: x}}}", "E012 2:1"),
        Row("cmd: run\nreadinessChecks: [{portName: default}]"),
        Row("cmd: run\nreadinessChecks: [{}]", "E033 2:19"),
        Row("cmd: run\nreadinessChecks: [{portName: defualt}]", "E033 2:30"),
        Row("cmd: run\nreadinessChecks: [{portName: default, timeoutSeconds: 30}]", "E014 2:55"),
        Row("cmd: run\nreadinessChecks: [{portName: default, protocol: HTTPS}]", "E012 2:19"),
        Row("cmd: run\nreadinessChecks: [{portName: default}, {portName: default}]", "E034 2:40"),
        Row("cmd: run\nreadinessChecks: [{portName: default, httpStatusCodesForReady: []}]", "E015 2:64"),
        Row("cmd: run\ncheck: {tcp: {}}\nreadinessChecks: [{portName: default}]", "E034 3:1"),
        Row(
            "cmd: run\nhealthChecks: [{protocol: MESOS_TCP}, {protocol: HTTP, path: /a, maxConsecutiveFailures: 0}]",
            "W004 2:50"
        ),
        Row(
            "cmd: run\ncheck: {tcp: {}}\n"
                + "healthChecks: [{protocol: MESOS_TCP}, {protocol: HTTP, maxConsecutiveFailures: 0}]",
            "E034 3:39",
            "W004 3:50"
        ),
        Row("cmd: run\nhealthChecks: [{protocol: MESOS_TCP}, {protocol: MESOS_TCP}]", "W006 2:39"),
        Row("container: {docker: {image: x}}\nhealthChecks: [{protocol: MESOS_TCP, ipProtocol: IPv6}]"),
    ]
}
