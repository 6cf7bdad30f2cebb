import FoundationEssentials
import Glibc
import MesosClient
import Synchronization
import Testing

/// A real Mesos 1.11 for one test: a master and agents on free ports of 127.0.0.1, with everything they write in a folder
/// of their own. Started by the scripts in Scripts/mesos. A keeper process beside it stops it, with all its tasks, when
/// the test is over or its process is gone, however that came about.
final class RealMesos: Sendable {
    /// The folder of the scripts; `PACER_MESOS_SCRIPTS` names another one than the repository's own.
    static let scripts: String? = {
        let named = ProcessInfo.processInfo.environment["PACER_MESOS_SCRIPTS"]
        let own = "\(#filePath)".split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/Scripts/mesos"
        return [named, own].compactMap(\.self).first { access("\($0)/up", X_OK) == 0 }
    }()

    private let scripts: String
    private let folder: String
    private let agents: Int
    private let flags: [String]
    private let keeper: pid_t
    /// The cluster's process and port.
    private let running = Mutex<(pid: pid_t, port: Int)?>(nil)

    /// Runs `body` with a cluster. `flags` are variables for Mesos, made for its folder, which exists then.
    static func with(
        agents: Int,
        flags: (_ folder: String) throws -> [String] = { _ in [] },
        _ body: (RealMesos) async throws -> Void
    ) async throws {
        var template = Array("/tmp/pacer-mesos-XXXXXX".utf8CString)
        let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
        let mesos = try RealMesos(in: folder, agents: agents, flags: flags(folder))
        do {
            try await mesos.start()
            try await body(mesos)
        } catch {
            try await mesos.stop()
            throw error
        }
        try await mesos.stop()
    }

    private init(in folder: String, agents: Int, flags: [String]) throws {
        scripts = try #require(Self.scripts)
        (self.folder, self.agents, self.flags) = (folder, agents, flags)
        try Data().write(to: URL(filePath: folder + "/keep"))
        let keeping = """
            while [ -e "$1/keep" ] && kill -0 "$2" 2>/dev/null; do sleep 0.1; done
            "$0" "$1" --tasks >>"$1/down.log" 2>&1 && rm -rf "$1"
            """
        keeper = try Self.spawn(
            ["/bin/sh", "-c", keeping, "\(scripts)/down", folder, "\(getpid())"],
            output: "/dev/null",
            inGroupOfItsOwn: true
        )
    }

    /// Where the master listens.
    var address: MasterAddress { MasterAddress(host: "127.0.0.1", port: running.withLock { $0?.port ?? 0 }) }

    /// Kills the master and the agents as a crash would, and starts them again on the same state.
    func crashAndReturn() async throws {
        try running.withLock { running in
            let pid = try #require(running?.pid)
            var status: Int32 = 0
            #expect(kill(pid, SIGKILL) == 0)
            #expect(waitpid(pid, &status, 0) == pid)
            running = nil
        }
        try await start()
    }

    private func start() async throws {
        let pid = try Self.spawn(
            ["\(scripts)/up", "--agents", "\(agents)", folder],
            environment: ["MESOS_ALLOCATION_INTERVAL=50ms"] + flags,
            output: folder + "/log"
        )
        running.withLock { $0 = (pid, 0) }
        let deadline = ContinuousClock.now + .seconds(240)
        while true {
            if let port = announcedPort(of: pid) { return running.withLock { $0 = (pid, port) } }
            let log = (try? String(contentsOfFile: folder + "/log", encoding: .utf8))?.suffix(2000) ?? ""
            guard !hasEnded(pid) else {
                running.withLock { $0 = nil }
                throw NeverCame(description: "Mesos ended before it was ready: \(log)")
            }
            guard ContinuousClock.now < deadline else {
                throw NeverCame(description: "Mesos was not ready in time: \(log)")
            }
            try await Task.sleep(for: pollInterval * 10)
        }
    }

    /// The port, as soon as this very process has announced that it serves.
    private func announcedPort(of pid: pid_t) -> Int? {
        func number(_ name: String) -> Int? {
            (try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)).flatMap { text in
                Int(text.prefix { $0.isNumber })
            }
        }
        return number("ready") == Int(pid) ? number("port") : nil
    }

    /// Tells the keeper, and returns when nothing is left.
    private func stop() async throws {
        try FileManager.default.removeItem(atPath: folder + "/keep")
        let deadline = ContinuousClock.now + .seconds(120)
        while running.withLock({ $0 }) != nil {
            let isOver = running.withLock { running in
                guard let pid = running?.pid, hasEnded(pid) else { return false }
                running = nil
                return true
            }
            guard isOver || ContinuousClock.now < deadline else {
                throw NeverCame(description: "the end of Mesos in \(folder)")
            }
            if !isOver { try await Task.sleep(for: pollInterval * 10) }
        }
        while !hasEnded(keeper) {
            guard ContinuousClock.now < deadline else {
                throw NeverCame(description: "the end of the tasks in \(folder)")
            }
            try await Task.sleep(for: pollInterval * 10)
        }
        #expect(access(folder, F_OK) != 0, "Scripts/mesos/down failed: see \(folder)/down.log")
    }

    private func hasEnded(_ child: pid_t) -> Bool {
        var status: Int32 = 0
        return waitpid(child, &status, WNOHANG) == child
    }

    private static func spawn(
        _ words: [String],
        environment: [String] = [],
        output: String,
        inGroupOfItsOwn: Bool = false
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        if inGroupOfItsOwn { posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP)) }
        let all = ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" } + environment
        let (arguments, variables) = (words.map { strdup($0) }, all.map { strdup($0) })
        defer { (arguments + variables).forEach { free($0) } }
        var pid: pid_t = 0
        let failure = posix_spawn(&pid, words[0], &actions, &attributes, arguments + [nil], variables + [nil])
        guard failure == 0 else {
            throw NeverCame(description: "\(words[0]): \(String(cString: strerror(failure)))")
        }
        return pid
    }
}
