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
    let child = try Child(words, in: folder, environment: environment)
    child.endInput()
    let text = String(decoding: child.read(), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    let status = child.wait()
    guard status == 0 else {
        throw CommandFailure(description: "\(words.joined(separator: " ")): \(status): \(text)")
    }
    return text
}

private let pollInterval = Duration.milliseconds(10)

/// Waits until a condition holds.
func eventually(_ what: String, within seconds: Double = 20, _ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw CommandFailure(description: "never came true: \(what)") }
        try await Task.sleep(for: pollInterval)
    }
}
