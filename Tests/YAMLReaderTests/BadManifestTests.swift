import Domain
import Manifests
import Testing
import YAMLReader

/// What is wrong with one file, as `pacer lint FILE` tells it: each row is a file and every problem in it.
@Suite struct BadManifestTests {
    @Test(arguments: structure + ids)
    func `a file's problems have codes and places`(row: Row) { check(row) }

    @Test(arguments: commands + ports + checks)
    func `fields that belong together are checked together`(row: Row) { check(row) }

    @Test(arguments: numbers + constraints + others)
    func `every field has its range and its pattern`(row: Row) { check(row) }

    private func check(_ row: Row) {
        let report = LintReport.alone(file("web.yaml", row.text), parse: parseYAML, sha256: fakeSHA256)
        let found = report.problems.map { "\($0.code.dropFirst(6)) \($0.line):\($0.column)" }
        #expect(found == row.findings, "\(report.problems.map(\.message))")
        for problem in report.problems { #expect(!problem.message.isEmpty && !problem.hint.isEmpty) }
    }

    private static let structure = [
        Row("cmd: run"), Row("cmd: run: x", "E001 1:9"), Row("cmd: *x", "E005 1:6"), Row("", "E008 1:1"),
        Row("# cmd: run", "E008 1:1"),
        // What is found only at the end of a text without a last line break stands behind its last character.
        Row("cmd: {id:", "E001 1:10"), Row("cmd: run\n---"),
        Row("5", "E010 1:1"), Row("- 5", "E010 1:3"), Row("cmd: run\ninstnces: 3", "E011 2:1"),
        Row("cmd: run\nowner: me", "W001 2:1"), Row("cmd: run\nmaintainer: me@example.org", "W001 2:1"),
        Row("cmd: run\ncontainer: {image: x}", "W010 2:12", "W001 2:13"), Row("cmd: run\ncontainer: {}"),
        Row("cmd: run\nrole:"),
        Row("cmd: run\ncmd: walk", "E013 2:1"), Row("cmd: run\nenv: {A: x, A: y}", "E013 2:13"),
        Row("cmd: run\nversion: 1\ntasksRunning: 2\n$schema: x", "W002 2:1", "W002 3:1"),
        Row("containers: []", "E015 1:13"),
        Row("cmd: run\n? [a]\n: b", "E010 2:3"), Row("<<: {cmd: run}"), Row("<<: [{cmd: run}, {cmd: walk}]"),
        Row("<<: 5\ncmd: run", "E017 1:5"),
        Row("cmd: 5\ncpus: x\ninstnces: 1\nenv: []", "E010 1:6", "E010 2:7", "E011 3:1", "E010 4:6"),
        Row("apps: 5", "E010 1:7"), Row("apps: [{cmd: run}]", "E021 1:8"), Row("groups: [{apps: []}]", "E021 1:10"),
        Row("apps: []\ngroupes: []", "E011 2:1"), Row("apps: []\npods: [{id: x}]", "E016 2:8"),
        Row("apps: []\nenforceRole: true", "E015 2:1"),
    ]

    private static let ids = [
        Row("id: Web\ncmd: run", "E020 1:5"), Row("id: web-\ncmd: run", "E020 1:5"),
        Row("id: ../web\ncmd: run", "E020 1:5"),
        Row("id: /\ncmd: run", "E020 1:5"), Row("id: a/tasks\ncmd: run", "E020 1:5"),
        Row("id: 5\ncmd: run", "E010 1:5"),
        Row("id: \(String(repeating: "a", count: 159))\ncmd: run"),
        Row("id: \(String(repeating: "a", count: 160))\ncmd: run", "E020 1:5"),
        Row("- cmd: run", "E021 1:3"), Row("cmd: run\n---\ncmd: run", "E021 1:1", "E021 3:1"),
        Row("id: a\ncmd: run\n---\nid: a\ncmd: run", "E022 1:5", "E022 4:5"),
        Row("id: g\napps: [{id: /x, cmd: run}]", "E024 2:13"),
        Row("[{id: a, cmd: run}, {id: a/b, cmd: run}]", "E023 1:7"),
        Row("cmd: run\ndependencies: [B, ..]", "E020 2:16", "E020 2:19"),
        Row("cmd: run\ndependencies: [web]", "E041 2:16"), Row("cmd: run\ndependencies: [/elsewhere]"),
        Row("id: g\ndependencies: [/g]\napps: []", "E041 2:16"),
    ]

    private static let commands = [
        Row("instances: 1", "E030 1:1"), Row("cmd: run\nargs: [a]", "E030 2:1"), Row("cmd: run\nargs: []"),
        Row("args: [a, 5]", "W005 1:11"),
        Row("cmd: ''", "E015 1:6"), Row("cmd: \"a\\0b\"", "E015 1:6"), Row("cmd: run\nuser: ''", "E015 2:7"),
        Row("args: run", "E010 1:7"),
        Row("container: {docker: {image: x}, type: DOCKER}"),
        Row("container: {type: MESOS}", "E030 1:1"),
        Row("cmd: run\nenv: {A: 1, B: true, C: , D: 'x', E: [1]}", "W005 2:10", "W005 2:16", "W006 2:25", "E010 2:38"),
        Row("cmd: run\nenv: {A: {secret: s}}", "E039 2:19"), Row("cmd: run\nenv: {'': x}", "E015 2:7"),
        Row("cmd: run\nenv: {A=B: x}", "E015 2:6"),
        Row("cmd: run\nlabels: {A: 1.10}", "W005 2:13"),
        Row("cmd: run\nlabels: {MARATHON_SINGLE_INSTANCE_APP: 'true'}\ninstances: 2", "E036 1:1", "E036 3:12"),
        Row(
            "cmd: run\nlabels: {MARATHON_SINGLE_INSTANCE_APP: 'true'}\n"
                + "upgradeStrategy: {minimumHealthCapacity: 0, maximumOverCapacity: 0}"
        ),
        Row("cmd: run\nuris: [x]", "W003 2:1"), Row("cmd: run\nuris: []"),
        Row("cmd: run\nuris: [x]\nfetch: [{uri: y}]", "E031 2:1"),
        Row("cmd: run\nuris: [x]\nfetch: [{uri: x}]", "W003 2:1"), Row("cmd: run\nfetch: [{}]", "E016 2:9"),
        Row("cmd: run\nfetch: [{uri: '', extrct: true}]", "E015 2:15", "E011 2:19"),
    ]

    private static let ports = [
        Row("cmd: run\nports: [0, 80]", "W003 2:1"),
        Row("cmd: run\nports: [80]\nportDefinitions: [{port: 80}]", "W003 2:1"),
        Row("cmd: run\nports: [80]\nportDefinitions: [{port: 81}]", "E031 2:1"),
        Row("cmd: run\nportDefinitions: [{port: 80}, {port: 80}, {port: 0}, {port: 0}]", "E032 2:18"),
        Row("cmd: run\nportDefinitions: [{name: a}, {name: a}]", "E032 2:18"),
        Row("cmd: run\nportDefinitions: [{port: 65536}]", "E014 2:26"),
        Row("cmd: run\nportDefinitions: [{name: A_b, protocol: tpc}]", "E015 2:26", "E015 2:41"),
        Row("cmd: run\nportDefinitions: [{protocol: 'udp,tcp', labels: {VIP_0: x}}]"),
        Row("cmd: run\nrequirePorts: yes", "E010 2:15"),
        Row("cmd: run\nnetworks: [{mode: host}]"), Row("cmd: run\nnetworks: [{mode: container}]", "E016 2:12"),
    ]

    private static let checks = [
        Row("cmd: run\nhealthChecks: [{protocol: MESOS_HTTP}]"), Row("cmd: run\nhealthChecks: [{}]", "W004 2:16"),
        Row("cmd: run\nhealthChecks: [{protocol: TCP}]", "W004 2:27"),
        Row("cmd: run\nhealthChecks: [{protocol: UDP}]", "E015 2:27"),
        Row("cmd: run\nhealthChecks: [{protocol: MESOS_TCP, portIndex: 1}]", "E033 2:49"),
        Row("cmd: run\nportDefinitions: []\nhealthChecks: [{protocol: MESOS_TCP}]", "E033 3:16"),
        Row("cmd: run\nportDefinitions: []\nhealthChecks: [{protocol: MESOS_TCP, port: 80}]"),
        Row("cmd: run\nhealthChecks: [{protocol: MESOS_TCP, port: 80, portIndex: 0}]", "E031 2:48"),
        Row("cmd: run\nhealthChecks: [{protocol: MESOS_TCP, path: /}]", "W006 2:44"),
        Row("cmd: run\nhealthChecks: [{protocol: COMMAND}]", "E016 2:16"),
        Row("cmd: run\nhealthChecks: [{protocol: COMMAND, command: {value: x}}]"),
        Row("cmd: run\nhealthChecks: [{protocol: MESOS_HTTP}, {protocol: MESOS_TCP}]", "E034 2:40"),
        Row(
            "cmd: run\nhealthChecks: [{protocol: COMMAND, command: {value: x}}, {protocol: COMMAND, command: {value: y}}]",
            "E034 2:58"
        ),
        Row(
            "cmd: run\nhealthChecks: [{protocol: MESOS_HTTP, timeoutSeconds: -1, ignoreHttp1xx: true}]",
            "E014 2:55",
            "W006 2:74"
        ),
        Row("cmd: run\nhealthChecks: [{protocol: MESOS_HTTP, ipProtocol: IPv6}]", "E015 2:51"),
        Row("cmd: run\nhealthChecks: {protocol: MESOS_HTTP}", "E010 2:15"),
    ]

    private static let numbers = [
        Row("cmd: run\ncpus: -1", "E014 2:7"), Row("cmd: run\ncpus: '1'", "E010 2:7"), Row("cmd: run\ncpus: 0"),
        Row("cmd: run\nmem: 1_000", "E010 2:6"),
        Row("cmd: run\ndisk: 010", "E010 2:7"), Row("cmd: run\ninstances: 1.5", "E014 2:12"),
        Row("cmd: run\ninstances: 2.0"),
        Row("cmd: run\ninstances: 1000001", "E014 2:12"), Row("cmd: run\ninstances: ~"), Row("cmd: run\ngpus: 0"),
        Row("cmd: run\ngpus: 1"), Row("cmd: run\nacceptedResourceRoles: []", "E015 2:24"),
        Row("cmd: run\nbackoffFactor: 0.5", "E014 2:16"), Row("cmd: run\nbackoffSeconds: 10s", "E010 2:17"),
        Row("cmd: run\ntaskKillGracePeriodSeconds: -1", "E014 2:29"),
        Row("cmd: run\nmaxLaunchDelaySeconds: 1e99", "E014 2:24"),
        Row("cmd: run\nupgradeStrategy: {minimumHealthCapacity: 1}", "E016 2:18"),
        Row("cmd: run\nupgradeStrategy: {minimumHealthCapacity: 1.1, maximumOverCapacity: 0}", "E014 2:42"),
    ]

    private static let constraints = [
        Row(
            "cmd: run\nconstraints: [[hostname, UNIQUE], [hostname, unique, ''], [zone, GROUP_BY], [zone, GROUP_BY, 3]]"
        ),
        Row(
            "cmd: run\nconstraints: [[zone, LIKE, 'eu-[0-9]+'], [zone, UNLIKE, us.*], "
                + "[hostname, MAX_PER, 2], [zone, IS, eu-1], [rack, CLUSTER]]"
        ),
        Row("cmd: run\nconstraints: [[hostname, UNIQUE, x]]", "E035 2:34"),
        Row("cmd: run\nconstraints: [[hostname, UNIQE]]", "E035 2:26"),
        Row("cmd: run\nconstraints: [[hostname]]", "E035 2:15"),
        Row("cmd: run\nconstraints: [hostname, UNIQUE]", "E010 2:15", "E010 2:25"),
        Row("cmd: run\nconstraints: [[zone, GROUP_BY, 0], [zone, MAX_PER]]", "E035 2:32", "E035 2:36"),
        Row(
            "cmd: run\nconstraints: [[zone, LIKE], [zone, LIKE, '(a)\\1'], [zone, LIKE, '(']]",
            "E035 2:15",
            "E035 2:42",
            "E035 2:65"
        ),
        Row("cmd: run\nconstraints: [[zone, IS, 'a b'], [zone, IS]]", "E035 2:26", "E035 2:34"),
    ]

    private static let others = [
        Row("cmd: run\nkillSelection: OLDEST", "E015 2:16"), Row("cmd: run\nkillSelection: OLDEST_FIRST"),
        Row("cmd: run\nkillSelection: oldest_First", "W011 2:16"),
        Row("cmd: run\nunreachableStrategy: {inactiveAfterSeconds: 0, expungeAfterSeconds: 0}"),
        Row("cmd: run\nunreachableStrategy: disabled"),
        Row("cmd: run\nunreachableStrategy: {inactiveAfterSeconds: 5, expungeAfterSeconds: 1}", "E015 2:22"),
        Row("cmd: run\nunreachableStrategy: {inactiveAfterSeconds: 5, expungeAfterSeconds: 5}"),
        Row("cmd: run\ntty: true\nresidency: {taskLostBehavior: x}", "W006 3:1", "E015 3:31"),
        Row("cmd: run\ninstances: 3\nrollout: {canary: 1, watch: 30, maxFailures: 2, onFailure: pause, deadline: 60}"),
        Row("cmd: run\nrollout: {canary: 1}", "E015 2:19"),
        Row("cmd: run\nrollout: {watch: 600}", "E015 2:18"),
        Row("cmd: run\nrollout: {onFailure: explode}", "E015 2:22"),
        Row("cmd: run\nrollout: {maxFailures: 0}", "E014 2:24"),
        Row("cmd: run\nrollout: {canery: 1}", "E011 2:11"),
    ]
}

/// A file, and the problems that it has.
struct Row: CustomTestStringConvertible {
    var text: String
    var findings: [String]

    init(_ text: String, _ findings: String...) { (self.text, self.findings) = (text, findings) }

    var testDescription: String { text.debugDescription }
}
