import Commands
import Controller
import Domain
import Rollout
import Testing
import YAMLReader

@Suite struct ConfigurationTests {
    static let whole = """
        name: pacer
        environment: prod
        sources:
          - { name: shop, url: "file:///srv/git/shop.git", branch: main, path: ".", group: "/", poll: 10s }
        zookeeper: zk://127.0.0.1:2181/pacer
        mesos: http://127.0.0.1:5050
        framework: { role: "*", user: nobody, principal: pacer, secretFile: /run/secrets/mesos, failoverTimeout: 7d }
        http: { listen: "127.0.0.1:8080" }
        sync: { auto: true, selfHeal: true, prune: auto }
        """

    static let least = """
        sources: [{name: shop, url: /srv/shop.git}]
        zookeeper: zk://127.0.0.1/pacer
        mesos: zk://127.0.0.1/mesos
        """

    static func load(
        _ text: String?,
        environment: [String: String] = [:],
        flags: [String: String] = [:]
    ) throws(ConfigurationFailure) -> Configuration {
        let loader = ConfigurationLoader(parse: parseYAML, environment: environment) { _ in
            guard let text else { throw Absent() }
            return Array(text.utf8)
        }
        return try loader.load(file: text.map { _ in "pacer.yaml" }, flags: flags)
    }

    struct Absent: Error, CustomStringConvertible {
        var description: String { "there is no such file" }
    }

    @Test func `the whole of it is read`() throws {
        let configuration = try ConfigurationTests.load(ConfigurationTests.whole)
        #expect(configuration.name == "pacer")
        #expect(configuration.environment == "prod")
        let source = try #require(configuration.sources.first)
        #expect(source.name == "shop")
        #expect(source.url == "file:///srv/git/shop.git")
        #expect(source.branch == "main")
        #expect(source.path == ".")
        #expect(source.group == .root)
        #expect(source.poll == .seconds(10))
        #expect("\(configuration.zookeeper.zookeeper)" == "zk://127.0.0.1:2181/pacer")
        #expect(configuration.framework.user == "nobody")
        #expect(configuration.framework.secretFile == "/run/secrets/mesos")
        #expect(configuration.framework.failoverTimeout == Milliseconds(604_800_000))
        #expect("\(configuration.http.listen)" == "127.0.0.1:8080")
        #expect(configuration.sync.auto && configuration.sync.selfHeal && configuration.sync.prune)
    }

    @Test func `what is not said has a default`() throws {
        let configuration = try ConfigurationTests.load(ConfigurationTests.least, environment: ["HOME": "/home/me"])
        #expect(configuration.name == "pacer")
        #expect(configuration.environment == nil)
        #expect(configuration.sources[0].branch == "main")
        #expect(configuration.sources[0].poll == .seconds(30))
        #expect(configuration.framework.role == "*")
        #expect(configuration.framework.failoverTimeout == Milliseconds(604_800_000))
        #expect("\(configuration.http.listen)" == "127.0.0.1:8080")
        #expect(configuration.sync.auto && configuration.sync.selfHeal && configuration.sync.prune)
        guard case .zookeeper = configuration.mesos else {
            Issue.record("zk:// is not read as ZooKeeper")
            return
        }
    }

    struct Place: Sendable, CustomTestStringConvertible {
        var setting: Setting
        var file: String
        var variable: String
        var flag: String
        var read: @Sendable (Configuration) -> String

        var testDescription: String { setting.key }
    }

    static func place(
        _ key: String,
        _ file: String,
        _ variable: String,
        _ flag: String,
        _ read: @escaping @Sendable (Configuration) -> String
    ) throws -> Place {
        let setting = try #require(Setting.all.first { $0.key == key })
        return Place(setting: setting, file: file, variable: variable, flag: flag, read: read)
    }

    static func places() throws -> [Place] {
        [
            try place("name", "one", "two", "3") { $0.name },
            try place("environment", "one", "two", "no") { $0.environment ?? "" },
            try place("zookeeper", "zk://a:1/one", "zk://b:2/two", "zk://c:3/three") { "\($0.zookeeper.zookeeper)" },
            try place("zookeeperSessionTimeout", "5000ms", "6000ms", "7000ms") {
                "\($0.zookeeper.sessionTimeout.count)ms"
            },
            try place("framework.role", "one", "two", "three") { $0.framework.role },
            try place("framework.user", "one", "two", "three") { $0.framework.user ?? "" },
            try place("framework.principal", "one", "two", "three") { $0.framework.principal ?? "" },
            try place("framework.failoverTimeout", "1000ms", "2000ms", "3000ms") {
                "\($0.framework.failoverTimeout.count)ms"
            },
            try place("http.listen", "127.0.0.1:1", "127.0.0.1:2", "[::1]:3") { "\($0.http.listen)" },
            try place("http.advertise", "http://a", "http://b", "https://c") { $0.http.advertise ?? "" },
            try place("sync.auto", "false", "true", "false") { "\($0.sync.auto)" },
            try place("sync.selfHeal", "false", "true", "false") { "\($0.sync.selfHeal)" },
            try place("sync.prune", "never", "auto", "never") { $0.sync.prune ? "auto" : "never" },
            try place("rollouts.maxConcurrentApps", "1", "2", "3") { "\($0.rollouts.maxConcurrentApps ?? 0)" },
            try place("rollouts.maxConcurrentTasks", "10", "20", "30") { "\($0.rollouts.maxConcurrentTasks ?? 0)" },
            try place("dataDirectory", "/a", "/b", "/c") { $0.dataDirectory },
        ]
    }

    @Test func `a flag counts more than a variable, a variable more than the file`() throws {
        for place in try ConfigurationTests.places() {
            let path = place.setting.key.split(separator: ".")
            let value = "\"\(place.file)\""
            let isPlain = place.setting.key != "name" && Int(place.file) != nil || place.file.hasSuffix("ms")
            let scalar = isPlain || ["true", "false"].contains(place.file) ? place.file : value
            let line = path.count == 1 ? "\(path[0]): \(scalar)" : "\(path[0]): { \(path[1]): \(scalar) }"
            let rest = ConfigurationTests.least.split(separator: "\n").filter { !$0.hasPrefix("\(place.setting.key):") }
            let text = rest.joined(separator: "\n") + "\n\(line)\n"
            let variable = [place.setting.variable: place.variable]
            let flag = [place.setting.flag: place.flag]
            let key = place.setting.key
            #expect(place.read(try ConfigurationTests.load(text)) == place.file, "\(key)")
            #expect(place.read(try ConfigurationTests.load(text, environment: variable)) == place.variable, "\(key)")
            let all = try ConfigurationTests.load(text, environment: variable, flags: flag)
            #expect(place.read(all) == place.flag, "\(key)")
        }
    }

    @Test func `the budgets of rollouts reach the controller, and without them there is no limit`() throws {
        let text = ConfigurationTests.least + "\nrollouts: { maxConcurrentApps: 3, maxConcurrentTasks: 40 }\n"
        let policy = try ConfigurationTests.load(text).settings.rollouts
        #expect(policy.maxConcurrentApps == 3)
        #expect(policy.maxConcurrentTasks == 40)
        let none = try ConfigurationTests.load(ConfigurationTests.least).settings.rollouts
        #expect(none.maxConcurrentApps == nil)
        #expect(none.maxConcurrentTasks == nil)
    }

    @Test func `the brake's numbers reach the controller, and what is not said keeps its default`() throws {
        let text = ConfigurationTests.least + "\nrollouts: { brake: { lostTasks: 20, lostShare: 0.25, window: 10m } }\n"
        let brake = try ConfigurationTests.load(text).settings.rollouts.brake
        #expect(brake.lostTasks == 20)
        #expect(brake.lostShareMillionths == 250_000)
        #expect(brake.window == .minutes(10))
        #expect(brake.wideDeployment == RolloutPolicy.Brake().wideDeployment)
        let variable = ["PACER_ROLLOUTS_BRAKE": "{ failedApps: 1, wideDeployment: 2 }"]
        let other = try ConfigurationTests.load(text, environment: variable).settings.rollouts.brake
        #expect(other.failedApps == 1)
        #expect(other.wideDeployment == 2)
        #expect(other.lostTasks == RolloutPolicy.Brake().lostTasks, "a document replaces a document")
    }

    @Test func `everything can come from the environment, without a file`() throws {
        let configuration = try ConfigurationTests.load(
            nil,
            environment: [
                "PACER_SOURCES": #"[{"name": "shop", "url": "/srv/shop.git", "poll": "250ms"}]"#,
                "PACER_ZOOKEEPER": "zk://127.0.0.1:2181/pacer", "PACER_MESOS": "127.0.0.1:5050",
                "PACER_SYNC_SELF_HEAL": "false", "PACER_NAME": "8",
            ]
        )
        #expect(configuration.sources[0].poll == Milliseconds(250))
        #expect(configuration.name == "8")
        #expect(!configuration.sync.selfHeal)
        #expect(configuration.sync.auto)
    }

    @Test func `an empty variable counts as none`() throws {
        let configuration = try ConfigurationTests.load(ConfigurationTests.whole, environment: ["PACER_NAME": ""])
        #expect(configuration.name == "pacer")
    }
}
