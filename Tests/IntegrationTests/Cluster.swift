import Foundation
import HTTPClient

/// Real ZooKeeper, real Mesos, a real git repository and the real controller, in one temporary folder.
final class Cluster: @unchecked Sendable {
    let folder: URL
    let agents: Int
    private(set) var zookeeper: ServerProcess?
    private(set) var mesos: ServerProcess?
    /// The controller that was started last.
    var controller: ServerProcess? { controllers.last?.process }
    /// Every controller that was started, the dead ones too.
    private(set) var controllers: [RunningController] = []
    private(set) var zookeeperPort = ""
    private(set) var mesosPort = ""
    /// Where the controller that was started last answers.
    var apiPort: String { controllers.last?.port ?? "" }
    private let session: Duration
    private let poll: Duration
    /// More flags of Mesos: `MESOS_X` for the master and all agents, `AGENT<n>_X` for one agent.
    var flags: [String: String] = [:]
    /// The sources of the configuration: each one's name with its folder in the repository and its group.
    var sources: [(name: String, path: String, group: String)] = [("shop", ".", "/")]
    /// What the configuration says of the framework.
    var framework = ["role": "\"*\"", "user": NSUserName(), "failoverTimeout": "1h"]
    private var mounts: [String] = []

    /// Makes the folder and the repository; starts nothing yet.
    /// - Parameter session: How long ZooKeeper waits for a leader that says nothing. The shorter, the sooner one that was
    ///   killed is replaced.
    init(agents: Int = 3, session: Duration = .seconds(10), poll: Duration = .seconds(1)) throws {
        self.agents = agents
        self.session = session
        self.poll = poll
        folder = FileManager.default.temporaryDirectory.appending(path: "pacer-it-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let work = folder.appending(path: "work").path
        try git("init", "-q", "--bare", "-b", "main", folder.appending(path: "shop.git").path)
        try git("clone", "-q", folder.appending(path: "shop.git").path, work)
        try git("-C", work, "config", "user.name", "Test")
        try git("-C", work, "config", "user.email", "test@example.invalid")
        try git("-C", work, "checkout", "-q", "-B", "main")
    }

    func startZooKeeper() async throws {
        let home = folder.appending(path: "zookeeper")
        zookeeper = try ServerProcess(
            Project.script("zookeeper/up"),
            ["--tick", "\(min(2000, session.milliseconds / 2))", home.path],
            log: folder.appending(path: "zookeeper.log")
        )
        zookeeperPort = try await ready(home, zookeeper)
    }

    func killZooKeeper() { zookeeper?.kill() }

    func startMesos() async throws {
        let home = folder.appending(path: "mesos")
        var environment = ["MESOS_ALLOCATION_INTERVAL": "100ms"]
        for agent in 0..<agents {
            let rack = ["a", "b", "c"][agent % 3]
            environment["AGENT\(agent)_ATTRIBUTES"] = "rack:\(rack)"
            environment["AGENT\(agent)_RESOURCES"] = "cpus:8;mem:8192;disk:10000"
        }
        environment.merge(flags) { $1 }
        mesos = try ServerProcess(
            Project.script("mesos/up"),
            ["--agents", "\(agents)", home.path],
            environment: environment,
            log: folder.appending(path: "mesos.log")
        )
        mesosPort = try await ready(home, mesos)
    }

    func killMesos() { mesos?.kill() }

    /// A folder that is a disk of its own, of 64 MiB in memory; `nil` where this user may mount none.
    func mountDisk(_ name: String) throws -> URL? {
        let place = folder.appending(path: name)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        let arguments = ["-t", "tmpfs", "-o", "size=64m,mode=755", "none", place.path]
        guard try Project.run("mount", arguments).status == 0 else { return nil }
        mounts.append(place.path)
        return place
    }

    private func ready(_ home: URL, _ server: ServerProcess?) async throws -> String {
        let file = home.appending(path: "ready")
        let expected = server.map { "\($0.pid)" } ?? ""
        try await eventually("\(home.lastPathComponent) is ready", details: { server?.tail ?? "" }) {
            guard server?.isRunning == true else {
                throw NeverHappened(what: "\(home.path) runs", details: server?.tail ?? "")
            }
            let text = try? String(contentsOf: file, encoding: .utf8)
            return text?.trimmingCharacters(in: .whitespacesAndNewlines) == expected
        }
        return try String(contentsOf: home.appending(path: "port"), encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    // MARK: - The controller

    /// The controller's configuration; `zookeeper` and `mesos` may name places where nothing answers.
    func configuration(zookeeper: String? = nil, mesos: String? = nil) throws -> URL {
        let file = folder.appending(path: "pacer.yaml")
        let url = "url: \"file://\(folder.path)/shop.git\", branch: main, poll: \(poll.milliseconds)ms"
        let sources = sources.map { "{ name: \($0.name), path: \"\($0.path)\", group: \"\($0.group)\", \(url) }" }
        let framework = framework.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        let text = """
            name: pacer
            sources: [\(sources.joined(separator: ", "))]
            zookeeper: \(zookeeper ?? "zk://127.0.0.1:\(zookeeperPort)/pacer")
            zookeeperSessionTimeout: \(session.milliseconds)ms
            mesos: \(mesos ?? "http://127.0.0.1:\(mesosPort)")
            framework: { \(framework.joined(separator: ", ")) }
            http: { listen: "127.0.0.1:0" }
            sync: { auto: true, selfHeal: true, prune: auto }
            dataDirectory: \(folder.path)/data
            """
        try text.write(to: file, atomically: true, encoding: .utf8)
        return file
    }

    /// Starts a controller beside those that run. The first leads, the others stand by.
    @discardableResult
    func startController(zookeeper: String? = nil, mesos: String? = nil) async throws -> RunningController {
        let file = try configuration(zookeeper: zookeeper, mesos: mesos)
        let log = folder.appending(path: "controller-\(controllers.count + 1).log")
        let server = try ServerProcess(Project.pacer, ["controller", "--config", file.path], log: log)
        controllers.append(RunningController(process: server))
        var port: String?
        try await eventually("the controller listens", within: .seconds(30), details: { server.tail }) {
            guard server.isRunning else { throw NeverHappened(what: "the controller runs", details: server.tail) }
            guard let found = server.text.range(of: #"http://127\.0\.0\.1:\d+"#, options: .regularExpression) else {
                return false
            }
            port = server.text[found].split(separator: ":").last.map(String.init)
            return true
        }
        let started = RunningController(process: server, port: port ?? "")
        controllers[controllers.count - 1] = started
        return started
    }

    func killController() { controller?.kill() }

    /// The controller that leads and is connected to Mesos, by its own word; `nil` while there is none.
    func leader(among candidates: [RunningController]? = nil) throws -> RunningController? {
        try (candidates ?? controllers).first { candidate in
            guard candidate.process.isRunning else { return false }
            let answer = try get("http://127.0.0.1:\(candidate.port)/readyz") as? [String: Any]
            return answer?["ready"] as? Bool == true
        }
    }

    // MARK: - Git

    @discardableResult
    func git(_ arguments: String...) throws -> String {
        let (status, output) = try Project.run("git", arguments)
        guard status == 0 else { throw NeverHappened(what: "git \(arguments.joined(separator: " "))", details: output) }
        return output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Writes (or, with `nil`, removes) files, commits and pushes.
    /// - Returns: the commit.
    @discardableResult
    func push(_ files: [String: String?], message: String = "change") throws -> String {
        let work = folder.appending(path: "work")
        for (path, text) in files {
            let file = work.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            if let text {
                try text.write(to: file, atomically: true, encoding: .utf8)
            } else {
                try FileManager.default.removeItem(at: file)
            }
        }
        try git("-C", work.path, "add", "-A")
        try git("-C", work.path, "commit", "-q", "-m", message)
        try git("-C", work.path, "push", "-q", "origin", "HEAD:main")
        return try git("-C", work.path, "rev-parse", "HEAD")
    }

    // MARK: - Looking

    /// A JSON answer of a server on this machine.
    func get(_ url: String) throws -> Any {
        let (status, output) = try Project.run("curl", ["-s", "-L", "--max-time", "10", url])
        guard status == 0 else { return [String: Any]() }
        return (try? JSONSerialization.jsonObject(with: Data(output.utf8))) ?? [String: Any]()
    }

    /// Runs `pacer` as a person would, against this controller.
    @discardableResult
    func pacer(_ arguments: String...) throws -> (status: Int32, output: String) { try pacer(arguments) }

    /// The same, with the arguments in a list.
    func pacer(_ arguments: [String]) throws -> (status: Int32, output: String) {
        try Project.run(Project.pacer.path, arguments + ["--server", "http://127.0.0.1:\(apiPort)"])
    }

    /// The controller's status by app id.
    func status() throws -> [String: [String: Any]] {
        let answer = try get("http://127.0.0.1:\(apiPort)/api/v1/status") as? [String: Any]
        var apps: [String: [String: Any]] = [:]
        for app in answer?["apps"] as? [[String: Any]] ?? [] {
            if let id = app["id"] as? String { apps[id] = app }
        }
        return apps
    }

    /// The tasks that Mesos has: its own word, not the controller's.
    /// - Throws: when Mesos does not answer; an empty list is an answer.
    func tasks() throws -> [[String: Any]] {
        let url = "http://127.0.0.1:\(mesosPort)/tasks?limit=10000"
        let (status, output) = try Project.run(
            "curl",
            ["-s", "--retry", "8", "--retry-all-errors", "--max-time", "20", url]
        )
        let answer = try? JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
        guard status == 0, let tasks = answer?["tasks"] as? [[String: Any]] else {
            throw NeverHappened(what: "Mesos answers for its tasks", details: output)
        }
        return tasks
    }

    /// The tasks in a state, of an app by its task name (`/shop/web` is `web.shop`).
    func running(_ name: String) throws -> [[String: Any]] {
        try tasks().filter { $0["state"] as? String == "TASK_RUNNING" && $0["name"] as? String == name }
    }

    /// Every task that Mesos ever had under a name, with its state.
    func history(of name: String) -> String {
        let tasks = (try? tasks()) ?? []
        return tasks.filter { $0["name"] as? String == name }
            .map { "\($0["id"] ?? "") \($0["state"] ?? "")" }.sorted().joined(separator: ", ")
    }

    /// The process that a task's command became, of this cluster alone: clusters of other tests have tasks of the same id.
    func process(of task: String) throws -> pid_t? {
        let sandbox = "MESOS_SANDBOX=\(folder.appending(path: "mesos").path)/"
        let (_, pids) = try Project.run("pgrep", ["-f", "[s]leep 100000"])
        return pids.split(separator: "\n").compactMap { pid_t($0) }.first { pid in
            guard let text = try? String(contentsOfFile: "/proc/\(pid)/environ", encoding: .utf8) else { return false }
            let variables = text.split(separator: "\0")
            return variables.contains { $0.hasPrefix(sandbox) } && variables.contains("MESOS_TASK_ID=\(task)")
        }
    }

    /// Waits until the controller says that these apps are synced and healthy.
    func settled(_ ids: [String], within limit: Duration = .seconds(120)) async throws {
        try await eventually("\(ids) are synced and healthy", within: limit, details: { [self] in report() }) {
            [self] in
            let apps = try status()
            return ids.allSatisfy { id in
                apps[id]?["sync"] as? String == "Synced" && apps[id]?["health"] as? String == "Healthy"
            }
        }
    }

    /// What a person would want to see when a test fails.
    func report() -> String {
        let apps = (try? status()) ?? [:]
        let lines = apps.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        return (lines + ["-- controller --", controller?.tail ?? ""]).joined(separator: "\n")
    }

    /// Stops everything that was started, tasks included, and removes the folder.
    func tearDown() {
        for controller in controllers { controller.process.stop() }
        _ = try? Project.run(Project.script("mesos/down").path, ["--tasks", folder.appending(path: "mesos").path])
        mesos?.kill()
        zookeeper?.kill()
        for mount in mounts { _ = try? Project.run("umount", ["-l", mount]) }
        try? FileManager.default.removeItem(at: folder)
    }
}

/// A controller that was started.
struct RunningController {
    let process: ServerProcess
    /// Where its API listens; empty until it does.
    var port = ""
}

extension Duration {
    fileprivate var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
