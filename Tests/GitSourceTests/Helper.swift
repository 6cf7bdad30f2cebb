import Foundation

@testable import GitSource

/// A process that a test started and stops again, by its own id.
final class Helper: Sendable {
    private let process: Process
    /// Keeps the helper alive until the test drops it: both helpers end when their input does.
    private let input: Pipe
    /// What it printed first: where it can be reached.
    let firstLine: String

    /// Starts a Python program that prints one line when it is ready.
    init(python program: String, _ arguments: [String], environment: [String: String] = [:]) async throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", program] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        self.process = process
        self.input = input
        let line = await GitThread.value("test helper") { Self.readLine(output.fileHandleForReading) }
        guard let line, !line.isEmpty else { throw CommandFailure(description: "the helper said nothing") }
        firstLine = line
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
    }

    private static func readLine(_ handle: FileHandle) -> String {
        var line = Data()
        while true {
            let byte = handle.readData(ofLength: 1)
            guard let value = byte.first, value != UInt8(ascii: "\n") else { break }
            line.append(value)
        }
        return String(decoding: line, as: UTF8.self)
    }
}
