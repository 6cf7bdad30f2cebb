import Foundation

/// A process that a test started.
///
/// Started by `posix_spawn` on sockets that no other child inherits: tests run side by side, and a stray copy of a pipe's
/// end in one child would keep the reader of another one waiting for ever.
final class Child: Sendable {
    private let id: pid_t
    /// Our end of the child's input and output.
    private let socket: Int32

    init(_ words: [String], in folder: String? = nil, environment: [String: String] = [:]) throws {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else {
            throw CommandFailure(description: "socketpair: \(errno)")
        }
        defer { close(ends[1]) }
        socket = ends[0]
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor in [Int32(0), 1, 2] { posix_spawn_file_actions_adddup2(&actions, ends[1], descriptor) }
        let merged = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        // posix_spawn cannot change the folder on every system; env can.
        let arguments = ["env"] + (folder.map { ["-C", $0] } ?? []) + words
        id = try Self.spawn(arguments, merged.map { "\($0)=\($1)" }, &actions)
    }

    deinit { close(socket) }

    private static func spawn(
        _ arguments: [String],
        _ environment: [String],
        _ actions: inout posix_spawn_file_actions_t
    ) throws -> pid_t {
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        var settings: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        defer { for text in words + settings { free(text) } }
        // The threads that tests run on block every signal, and children would inherit that: SIGTERM must reach them.
        var attributes = posix_spawnattr_t()
        var noSignal = sigset_t()
        sigemptyset(&noSignal)
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setsigmask(&attributes, &noSignal)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var id = pid_t()
        let status = posix_spawnp(&id, "env", &actions, &attributes, &words, &settings)
        guard status == 0 else { throw CommandFailure(description: "cannot start \(arguments): \(status)") }
        return id
    }

    /// Blocks for what the child says until `isEnough` or until it hangs up.
    func read(until isEnough: (Data) -> Bool = { _ in false }) -> Data {
        var data = Data()
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while !isEnough(data) {
            let count = recv(socket, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            data.append(contentsOf: buffer[..<count])
        }
        return data
    }

    /// Ends the child's input.
    func endInput() { shutdown(socket, Int32(SHUT_WR)) }

    func terminate() { kill(id, SIGTERM) }

    /// Blocks until the child is gone.
    /// - Returns: its exit status; 128 and more where a signal ended it.
    func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }
}
