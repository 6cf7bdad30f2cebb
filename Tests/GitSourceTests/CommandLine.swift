import Foundation

@testable import GitSource

/// A command that did not do what a test needs.
struct CommandFailure: Error, CustomStringConvertible {
    var description: String
}

/// Runs a command to its end, off the threads that tests share.
/// - Returns: its standard output, without white space at the ends.
@discardableResult
func run(_ words: [String], in folder: String, environment: [String: String] = [:]) async throws -> String {
    let answer = await GitThread.value("test command") {
        Result { try runBlocking(words, in: folder, environment: environment) }
    }
    guard let answer else { throw CommandFailure(description: "no thread for \(words)") }
    return try answer.get()
}

private func runBlocking(_ words: [String], in folder: String, environment: [String: String]) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = words
    process.currentDirectoryURL = URL(filePath: folder)
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    guard process.terminationStatus == 0 else {
        throw CommandFailure(description: "\(words.joined(separator: " ")): \(process.terminationStatus): \(text)")
    }
    return text
}

/// Waits until a condition holds.
func eventually(_ what: String, within seconds: Double = 20, _ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw CommandFailure(description: "never came true: \(what)") }
        try await Task.sleep(for: .milliseconds(10))
    }
}
