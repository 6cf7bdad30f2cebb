import FoundationEssentials
import Glibc
import MesosClient
import Testing

/// A real Mesos 1.11 for one test: a master and agents on free ports of 127.0.0.1, with their state in a folder of their
/// own. Started by the scripts in Scripts/mesos, stopped by its own pid.
struct RealMesos {
    /// The folder of the scripts; `PACER_MESOS_SCRIPTS` names another one than the repository's own.
    static let scripts: String? = {
        let named = ProcessInfo.processInfo.environment["PACER_MESOS_SCRIPTS"]
        let own = "\(#filePath)".split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/Scripts/mesos"
        return [named, own].compactMap(\.self).first { access("\($0)/up", X_OK) == 0 }
    }()

    let address: MasterAddress
    private let folder: String
    private let agents: Int
    private let flags: [String]
    private let pid: pid_t

    /// Runs `body` with a cluster, and stops it with all its tasks.
    static func with(
        agents: Int,
        flags: [String] = [],
        _ body: (RealMesos) async throws -> Void
    ) async throws {
        let scripts = try #require(Self.scripts)
        var template = Array("/tmp/pacer-mesos-XXXXXX".utf8CString)
        let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
        let mesos = try await start(in: folder, agents: agents, flags: flags, scripts)
        do {
            try await body(mesos)
        } catch {
            try await mesos.stop(scripts)
            throw error
        }
        try await mesos.stop(scripts)
    }

    /// Kills the master and the agents as a crash would, and starts them again on the same state.
    func crashAndReturn() async throws -> RealMesos {
        let scripts = try #require(Self.scripts)
        var status: Int32 = 0
        kill(pid, SIGKILL)
        waitpid(pid, &status, 0)
        return try await Self.start(in: folder, agents: agents, flags: flags, scripts)
    }

    private static func start(
        in folder: String,
        agents: Int,
        flags: [String],
        _ scripts: String
    ) async throws -> RealMesos {
        let pid = try spawn(
            ["\(scripts)/up", "--agents", "\(agents)", folder],
            environment: ["MESOS_ALLOCATION_INTERVAL=50ms"] + flags,
            output: folder + "/log"
        )
        let deadline = ContinuousClock.now + .seconds(240)
        while true {
            if let port = ready(folder, pid) {
                let address = MasterAddress(host: "127.0.0.1", port: port)
                return RealMesos(address: address, folder: folder, agents: agents, flags: flags, pid: pid)
            }
            var status: Int32 = 0
            let log = (try? String(contentsOfFile: folder + "/log", encoding: .utf8))?.suffix(2000) ?? ""
            guard waitpid(pid, &status, WNOHANG) == 0 else {
                throw NeverCame(description: "Mesos ended before it was ready: \(log)")
            }
            guard ContinuousClock.now < deadline else {
                kill(pid, SIGKILL)
                waitpid(pid, &status, 0)
                throw NeverCame(description: "Mesos was not ready in time: \(log)")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// The port, as soon as the process has announced that it serves.
    private static func ready(_ folder: String, _ pid: pid_t) -> Int? {
        func number(_ name: String) -> Int? {
            (try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)).flatMap { text in
                Int(text.prefix { $0.isNumber })
            }
        }
        guard let announced = number("ready"), announced == Int(pid) else { return nil }
        return number("port")
    }

    private func stop(_ scripts: String) async throws {
        var status: Int32 = 0
        let down = try Self.spawn(
            ["\(scripts)/down", folder, "--tasks"],
            environment: [],
            output: folder + "/down.log"
        )
        let deadline = ContinuousClock.now + .seconds(30)
        // Both are children of this process: `down` waits until the cluster has ended, which it has for the kernel only
        // when its parent has taken note of it.
        var (isDown, hasEnded) = (false, false)
        while !isDown || !hasEnded {
            isDown = isDown || waitpid(down, &status, WNOHANG) != 0
            hasEnded = hasEnded || waitpid(pid, &status, WNOHANG) != 0
            guard ContinuousClock.now < deadline else {
                kill(pid, SIGKILL)
                throw NeverCame(description: "the end of Mesos (pid \(pid), \(folder))")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        try FileManager.default.removeItem(atPath: folder)
    }

    private static func spawn(_ words: [String], environment: [String], output: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        let all = ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" } + environment
        let (arguments, variables) = (words.map { strdup($0) }, all.map { strdup($0) })
        defer { (arguments + variables).forEach { free($0) } }
        var pid: pid_t = 0
        let failure = posix_spawn(&pid, words[0], &actions, nil, arguments + [nil], variables + [nil])
        guard failure == 0 else {
            throw NeverCame(description: "\(words[0]): \(String(cString: strerror(failure)))")
        }
        return pid
    }
}
