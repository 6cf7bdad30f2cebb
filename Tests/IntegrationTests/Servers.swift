import Foundation
import Testing

/// Something that a test starts and stops: a process of its own, with a folder of its own.
final class ServerProcess: Sendable {
    let process: Process
    let log: URL

    /// Starts a program with its output in a file.
    init(_ program: URL, _ arguments: [String], environment: [String: String] = [:], log: URL) throws {
        self.log = log
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        try Data().write(to: log)
        let output = try FileHandle(forWritingTo: log)
        try output.seekToEnd()
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        self.process = process
    }

    /// The process's id.
    var pid: Int32 { process.processIdentifier }

    /// Whether it runs.
    var isRunning: Bool { process.isRunning }

    /// Ends it at once, as a power failure would, and waits until it is gone.
    func kill() {
        guard process.isRunning else { return }
        Foundation.kill(pid, SIGKILL)
        process.waitUntilExit()
    }

    /// Asks it to end, and waits until it has.
    func stop() {
        guard process.isRunning else { return }
        Foundation.kill(pid, SIGTERM)
        resume()
        process.waitUntilExit()
    }

    /// Freezes it, as a machine does that swaps or is migrated: it does nothing, and does not know it.
    func freeze() { Foundation.kill(pid, SIGSTOP) }

    /// Lets it go on.
    func resume() { Foundation.kill(pid, SIGCONT) }

    /// What it printed.
    var text: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

    /// The end of it.
    var tail: String { text.split(separator: "\n").suffix(40).joined(separator: "\n") }
}

/// The project's scripts, and the binaries beside the tests.
enum Project {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func script(_ path: String) -> URL { root.appending(path: "Scripts/\(path)") }

    /// The `pacer` that was built together with these tests.
    static var pacer: URL {
        if let named = ProcessInfo.processInfo.environment["PACER_BINARY"] { return URL(filePath: named) }
        return URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "pacer")
    }

    /// Runs a program to its end.
    @discardableResult
    static func run(
        _ program: String,
        _ arguments: [String],
        in folder: URL? = nil
    ) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.currentDirectoryURL = folder
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}

/// How often a condition is looked at while a test waits for it.
let pollInterval = Duration.milliseconds(50)

/// Waits until a condition holds.
/// - Throws: when it does not within the deadline; the message is `what`, with what `details` says by then.
func eventually(
    _ what: String,
    within limit: Duration = .seconds(90),
    every pollInterval: Duration = pollInterval,
    details: () async -> String = { "" },
    _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if try await condition() { return }
        try await Task.sleep(for: pollInterval)
    }
    throw NeverHappened(what: what, details: await details())
}

/// A condition that did not come to hold.
struct NeverHappened: Error, CustomStringConvertible {
    let what: String
    let details: String
    var description: String { "never happened: \(what)\n\(details)" }
}
