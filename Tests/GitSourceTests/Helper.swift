import Foundation

@testable import GitSource

/// A small server that a test started; it is stopped, by its own id, when the test drops it.
final class Helper: Sendable {
    private let child: Child
    /// What it printed first: where it can be reached.
    let firstLine: String

    /// Starts a Python program that prints one line when it is ready.
    init(python program: String, _ arguments: [String]) async throws {
        let child = try Child(["python3", "-c", program] + arguments)
        let said = await GitThread.value("test helper") { child.read { $0.contains(UInt8(ascii: "\n")) } }
        let line = String(decoding: said ?? Data(), as: UTF8.self).split(separator: "\n").first
        guard let line, UInt16(line) != nil else {
            child.terminate()
            _ = child.wait()
            throw CommandFailure(description: "the helper did not start: \(line ?? "")")
        }
        self.child = child
        firstLine = String(line)
    }

    deinit {
        child.terminate()
        _ = child.wait()
    }
}
