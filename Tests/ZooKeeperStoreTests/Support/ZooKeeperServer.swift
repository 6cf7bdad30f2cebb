import Foundation
import Glibc
import Synchronization
import Testing
import ZooKeeperStore

/// A real ZooKeeper of a test's own: Debian's, on a free port of the loopback, with data in a folder of its own. Can be
/// killed, paused and started again on the same data.
final class ZooKeeperServer: Sendable {
    let port: Int
    private let folder: URL
    private let process = Mutex<Process?>(nil)

    /// One tick, in milliseconds: sessions last 2 to 20 of them.
    static let tick = 2000

    private init(port: Int, folder: URL) {
        self.port = port
        self.folder = folder
    }

    /// Runs a server for as long as `body` runs.
    static func run<Value>(_ body: (ZooKeeperServer) async throws -> Value) async throws -> Value {
        let server = try await start()
        do {
            let value = try await body(server)
            await server.stop()
            return value
        } catch {
            await server.stop()
            throw error
        }
    }

    /// Another process may take the free port before the server does; then another one is tried.
    private static func start() async throws -> ZooKeeperServer {
        var last: any Error = ServerTrouble("no attempt was made")
        for _ in 0..<5 {
            let folder = FileManager.default.temporaryDirectory.appending(path: "pacer-zk-\(UUID().uuidString)")
            let server = ZooKeeperServer(port: try freePort(), folder: folder)
            do {
                try server.prepare()
                try await server.launch()
                return server
            } catch {
                last = error
                await server.stop()
            }
        }
        throw last
    }

    /// What to connect to, with a path of nobody else's.
    func address(path: String = "/test-\(UUID().uuidString.prefix(8))", credentials: String? = nil) -> String {
        "zk://\(credentials.map { $0 + "@" } ?? "")127.0.0.1:\(port)\(path)"
    }

    /// Starts it (again), and returns once it answers.
    func launch() async throws {
        let jars = ["zookeeper", "slf4j-log4j12", "log4j-1.2"].map { "/usr/share/java/\($0).jar" }
        let keeper = Process()
        keeper.executableURL = URL(filePath: "/bin/sh")
        // The shell ends the server when its standard input closes: with this process, however that ends.
        keeper.arguments = [
            "-c", #"pid=$1; shift; "$@" </dev/null & echo $! >"$pid"; read -r _; kill -9 $!"#, "keeper",
        ]
        keeper.arguments? += [pidFile.path, "java", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        keeper.arguments? += ["-Dlog4j.configuration=file:\(folder.path)/log4j.properties"]
        keeper.arguments? += ["-cp", ([folder.path] + jars).joined(separator: ":")]
        keeper.arguments? += ["org.apache.zookeeper.server.quorum.QuorumPeerMain", "\(folder.path)/zoo.cfg"]
        let log = try FileHandle(forWritingTo: logFile)
        try log.seekToEnd()
        keeper.standardOutput = log
        keeper.standardError = log
        keeper.standardInput = Pipe()
        try? FileManager.default.removeItem(at: pidFile)
        try keeper.run()
        process.withLock { $0 = keeper }
        try await until("ZooKeeper answers on port \(port)") {
            guard let pid = serverProcess else { return false }
            guard Glibc.kill(pid, 0) == 0 else { throw ServerTrouble(try String(contentsOf: logFile, encoding: .utf8)) }
            return Self.ask("ruok", port) == "imok"
        }
    }

    /// `kill -9`, by its own process id.
    func kill() async throws {
        guard let keeper = process.withLock({ $0 }) else { return }
        signal(SIGKILL)
        try (keeper.standardInput as? Pipe)?.fileHandleForWriting.close()
        try await until("the server is dead") { !keeper.isRunning }
        process.withLock { $0 = nil }
    }

    /// Stops it from doing anything, without closing a connection.
    func pause() { signal(SIGSTOP) }

    /// Lets it go on.
    func resume() { signal(SIGCONT) }

    private func signal(_ number: Int32) {
        guard let pid = serverProcess else { return }
        Glibc.kill(pid, number)
    }

    private var pidFile: URL { folder.appending(path: "pid") }

    private var logFile: URL { folder.appending(path: "log") }

    /// The server's own process id, once the shell has written it.
    private var serverProcess: pid_t? {
        guard let text = try? String(contentsOf: pidFile, encoding: .utf8), text.hasSuffix("\n") else { return nil }
        return pid_t(text.dropLast())
    }

    private func stop() async {
        do {
            try await kill()
            try FileManager.default.removeItem(at: folder)
        } catch {
            Issue.record("the server could not be cleared away: \(error)")
        }
    }

    private func prepare() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let configuration = """
            tickTime=\(Self.tick)
            dataDir=\(folder.path)/data
            clientPort=\(port)
            clientPortAddress=127.0.0.1
            maxClientCnxns=0
            4lw.commands.whitelist=ruok
            admin.enableServer=false
            """
        try configuration.write(to: folder.appending(path: "zoo.cfg"), atomically: true, encoding: .utf8)
        let logging = """
            log4j.rootLogger=WARN, console
            log4j.appender.console=org.apache.log4j.ConsoleAppender
            log4j.appender.console.layout=org.apache.log4j.PatternLayout
            """
        try logging.write(to: folder.appending(path: "log4j.properties"), atomically: true, encoding: .utf8)
        try Data().write(to: logFile)
    }

    /// A port that nobody listens on now.
    static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = loopback(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 ? getsockname(descriptor, address, &length) : -1
            }
        }
        guard code == 0 else { throw ServerTrouble("no free port: \(String(cString: strerror(errno)))") }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    private static func loopback(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }

    /// Sends four letters and returns the answer; `nil` where there is none within a second.
    private static func ask(_ letters: String, _ port: Int) -> String? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var patience = timeval(tv_sec: 1, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = loopback(port: port)
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0, send(descriptor, letters, letters.utf8.count, Int32(MSG_NOSIGNAL)) > 0 else { return nil }
        var answer = [UInt8](repeating: 0, count: 16)
        let count = recv(descriptor, &answer, answer.count, 0)
        return count > 0 ? String(decoding: answer.prefix(count), as: UTF8.self) : nil
    }
}

/// What kept a server from running.
struct ServerTrouble: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Polls a condition until it holds; fails with `what` after two minutes.
func until(
    _ what: String,
    within patience: Duration = .seconds(120),
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + patience
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw ServerTrouble("waited \(patience) in vain until \(what)") }
        try await Task.sleep(for: .milliseconds(20))
    }
}

/// Gives a suite one server for all of its tests.
struct ServerForSuite: SuiteTrait, TestScoping {
    @TaskLocal static var current: ZooKeeperServer?

    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await ZooKeeperServer.run { server in
            try await Self.$current.withValue(server) { try await function() }
        }
    }
}

extension Trait where Self == ServerForSuite {
    /// One real ZooKeeper for the tests of the suite, each at a path of its own.
    static var zooKeeper: Self { Self() }
}

/// The suite's server.
func theServer() throws -> ZooKeeperServer { try #require(ServerForSuite.current) }
