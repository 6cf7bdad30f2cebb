import Commands
import Domain
import Testing

/// Every bad configuration is refused with the place of the fault and what to do.
@Suite struct ConfigurationProblemTests {
    struct Row: Sendable, CustomTestStringConvertible {
        /// Replaces the line of the good configuration that begins with the same key; added where there is none.
        var line: String
        var place: String
        var says: String
        var hint: String

        var testDescription: String { line }
    }

    static let rows: [Row] = [
        Row(line: "nme: x", place: "4:1", says: "`nme`", hint: "did you mean `name`?"),
        Row(line: "completely: x", place: "4:1", says: "`completely` is not a key", hint: "remove it"),
        Row(line: "http: { lsten: x }", place: "4:9", says: "`http.lsten`", hint: "did you mean `listen`?"),
        Row(line: "rollouts: { maxConcurrentApps: 0 }", place: "4:32", says: "from 1 to", hint: "a whole number"),
        Row(line: "rollouts: { brake: { lostShare: 2 } }", place: "4:33", says: "from 0 to 1", hint: "that range"),
        Row(line: "rollouts: { brake: { window: 0s } }", place: "4:30", says: "longer than nothing", hint: "5m"),
        Row(line: "rollouts: { brake: { windw: 5m } }", place: "4:22", says: "`rollouts.brake.windw`", hint: "window"),
        Row(line: "rollouts: { maxApps: 1 }", place: "4:13", says: "`rollouts.maxApps`", hint: "remove it"),
        Row(line: "name: [a]", place: "4:7", says: "`name` must be text", hint: "write one text here"),
        Row(line: "name: \"\"", place: "4:7", says: "`name` is empty", hint: "name the framework"),
        Row(line: "environment: a/b", place: "4:14", says: "`environment`", hint: "without slashes"),
        Row(line: "http: 3", place: "4:7", says: "`http` must be a mapping", hint: "key: value"),
        Row(line: "http: { listen: 8080 }", place: "4:17", says: "must be text", hint: "quotes"),
        Row(line: "http: { listen: \"8080\" }", place: "4:17", says: "an address and a port", hint: "host:port"),
        Row(line: "http: { listen: \":8080\" }", place: "4:17", says: "an address and a port", hint: "0.0.0.0"),
        Row(line: "http: { listen: \"a:70000\" }", place: "4:17", says: "an address and a port", hint: "host:port"),
        Row(line: "http: { listen: \"::1:80\" }", place: "4:17", says: "an address and a port", hint: "host:port"),
        Row(line: "http: { advertise: host }", place: "4:20", says: "must be a URL", hint: "http://"),
        Row(line: "sync: { auto: yes please }", place: "4:15", says: "true or false", hint: "true or false"),
        Row(line: "sync: { prune: nevr }", place: "4:16", says: "`sync.prune` cannot be `nevr`", hint: "`never`"),
        Row(line: "framework: { role: a b }", place: "4:20", says: "white space", hint: "name"),
        Row(line: "framework: { role: a//b }", place: "4:20", says: "empty part", hint: "name"),
        Row(line: "framework: { role: -a }", place: "4:20", says: "hyphen", hint: "name"),
        Row(line: "framework: { failoverTimeout: 7 }", place: "4:31", says: "a length of time", hint: "10s"),
        Row(line: "framework: { secretFile: /x }", place: "4:26", says: "without a principal", hint: "principal"),
        Row(line: "zookeeperSessionTimeout: 10ms", place: "4:26", says: "from 1s to 10m", hint: "ticks"),
        Row(line: "zookeeper: 127.0.0.1:2181", place: "2:12", says: "zk://", hint: "zk://host:port"),
        Row(line: "zookeeper: zk://127.0.0.1:2181", place: "2:12", says: "names no path", hint: "/pacer"),
        Row(line: "mesos: ftp://x", place: "3:8", says: "ftp://x", hint: "http://host:5050"),
        Row(line: "mesos: zk://", place: "3:8", says: "`mesos` cannot be used", hint: "zk://"),
        Row(line: "sources: []", place: "1:10", says: "`sources` is empty", hint: "at least one"),
        Row(line: "sources: shop", place: "1:10", says: "`sources` must be a list", hint: "- "),
        Row(line: "sources: [3]", place: "1:11", says: "`sources[0]` must be a mapping", hint: "key: value"),
        Row(line: "sources: [{name: a}]", place: "1:11", says: "`url` is missing in `sources[0]`", hint: "URL"),
        Row(line: "sources: [{url: a}]", place: "1:11", says: "`name` is missing in `sources[0]`", hint: "a name"),
        Row(line: "sources: [{name: a/b, url: u}]", place: "1:18", says: "cannot be `a/b`", hint: "letters"),
        Row(line: "sources: [{name: a, url: u, poll: 1ms}]", place: "1:35", says: "at least 100ms", hint: "10s"),
        Row(line: "sources: [{name: a, url: u, group: Shop}]", place: "1:36", says: "cannot be `Shop`", hint: "/shop"),
        Row(line: "sources: [{name: a, url: u, path: ../x}]", place: "1:35", says: "below the repository", hint: ".."),
        Row(
            line: "sources: [{name: a, url: u, brnch: x}]",
            place: "1:29",
            says: "`sources[0].brnch`",
            hint: "`branch`"
        ),
        Row(
            line: "sources: [{name: a, url: u}, {name: a, url: v}]",
            place: "1:37",
            says: "Another source has the name `a`; it is at pacer.yaml:1",
            hint: "of its own"
        ),
        Row(
            line: "sources: [{name: a, url: u, credentials: {tokenFile: x, sshKeyFile: y}}]",
            place: "1:69",
            says: "exclude one another",
            hint: "tokenFile"
        ),
        Row(line: "name: a\nname: b", place: "5:1", says: "a second time", hint: "keep one"),
        Row(line: "name: 'a", place: "", says: "", hint: ""),
    ]

    private func text(with line: String) -> String {
        let key = line.prefix { $0 != ":" }
        var lines = ConfigurationTests.least.split(separator: "\n").map(String.init)
        if let index = lines.firstIndex(where: { $0.hasPrefix("\(key):") }) {
            lines[index] = line
        } else {
            lines.append(line)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    @Test(arguments: rows) func `a bad configuration is refused with its place`(row: Row) throws {
        let failure = #expect(throws: ConfigurationFailure.self) { try ConfigurationTests.load(text(with: row.line)) }
        let problem = try #require(failure?.problems.first)
        #expect(problem.severity == .error)
        #expect(problem.file == "pacer.yaml")
        #expect(row.place.isEmpty || "\(problem.line):\(problem.column)" == row.place, "\(problem)")
        #expect(problem.message.contains(row.says) || row.says.isEmpty, "\(problem.message)")
        #expect(problem.hint.contains(row.hint) || row.hint.isEmpty, "\(problem.hint)")
        #expect(failure?.problems.count == 1, "\(failure?.problems ?? [])")
    }

    @Test func `everything that is wrong is told at once`() {
        let failure = #expect(throws: ConfigurationFailure.self) { try ConfigurationTests.load("nme: x\nsync: 3\n") }
        #expect(
            failure?.problems.map(\.code).sorted() == [
                "PACER-E010", "PACER-E011", "PACER-E016", "PACER-E016", "PACER-E016",
            ]
        )
    }

    @Test func `a bad variable or flag is named as the place`() throws {
        let failure = #expect(throws: ConfigurationFailure.self) {
            try ConfigurationTests.load(
                ConfigurationTests.least,
                environment: ["PACER_SYNC_AUTO": "maybe", "PACER_SOURCES": "[{name: a, url: u,\n poll: fast}]"],
                flags: ["--listen": "nowhere"]
            )
        }
        let places = try #require(failure).problems.map { "\($0.file):\($0.line):\($0.column)" }
        #expect(places == ["--listen:0:0", "PACER_SOURCES:2:8", "PACER_SYNC_AUTO:0:0"])
    }

    @Test func `a variable that is nearly one of ours is a mistake`() throws {
        let failure = #expect(throws: ConfigurationFailure.self) {
            try ConfigurationTests.load(ConfigurationTests.least, environment: ["PACER_ZOOKEPER": "zk://x/y"])
        }
        #expect(failure?.problems.map(\.file) == ["PACER_ZOOKEPER"])
        #expect(failure?.problems.map(\.hint) == ["did you mean `PACER_ZOOKEEPER`?"])
        _ = try ConfigurationTests.load(ConfigurationTests.least, environment: ["PACER_SERVER": "http://x"])
    }

    @Test func `a second document and a list are refused`() {
        for text in ["name: a\n---\nname: b\n", "- name: a\n"] {
            #expect(throws: ConfigurationFailure.self) { try ConfigurationTests.load(text) }
        }
    }

    @Test func `a file that is not there is told`() async throws {
        let folder = try Folder()
        let run = await Session().run("doctor", "--config", "\(folder.path)/none.yaml")
        #expect(run.status == 1)
        #expect(run.error.contains("none.yaml: error: The configuration cannot be read: there is no such file"))
    }

    @Test func `a password does not appear in what is told`() {
        let failure = #expect(throws: ConfigurationFailure.self) {
            try ConfigurationTests.load(
                ConfigurationTests.least,
                flags: ["--zookeeper": "zk://me:hunter2@host:x/pacer", "--mesos": "zk://me:hunter2@host:y/m"]
            )
        }
        #expect(failure?.problems.count == 2)
        #expect(failure.map { "\($0.problems)" }?.contains("hunter2") == false)
    }
}
