import Foundation
import Testing

/// A script that is called in a wrong way says so in one line, and starts nothing.
/// Where one would start something after all, its folder cannot be made.
@Suite struct ScriptTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var script: String
        var arguments: [String] = []
        var status: Int32 = 2
        var says: String

        var testDescription: String { ([script] + arguments).joined(separator: " ") }
    }

    static let rows: [Row] = [
        Row(script: "mesos/up", says: "usage: mesos/up [--agents N] [--port PORT] [--ports-per-agent COUNT] STATE"),
        Row(script: "mesos/up", arguments: ["--agents"], says: "usage: mesos/up [--agents N]"),
        Row(
            script: "mesos/up",
            arguments: ["--agents", "x"],
            says: "mesos/up: --agents takes a whole number, not “x”"
        ),
        Row(
            script: "mesos/up",
            arguments: ["--agents", "0", "/proc/nonexistent"],
            says: "mesos/up: --agents takes at least 1"
        ),
        Row(
            script: "mesos/up",
            arguments: ["--agens", "3", "/proc/nonexistent"],
            says: "mesos/up: unknown option --agens"
        ),
        Row(script: "mesos/down", says: "usage: down STATE [--tasks]"),
        Row(script: "mesos/stray", arguments: ["http://localhost:1"], says: "usage: stray MASTER FRAMEWORK TASK"),
        Row(script: "zookeeper/up", says: "usage: zookeeper/up [--port PORT] [--heap MB] [--tick MS] FOLDER"),
        Row(
            script: "zookeeper/up",
            arguments: ["--heap", "1g", "/proc/nonexistent"],
            says: "zookeeper/up: --heap takes a whole number, not “1g”"
        ),
        Row(script: "zookeeper/down", says: "usage: zookeeper/down FOLDER"),
        Row(script: "zookeeper/down", arguments: ["/nonexistent"], status: 1, says: "there is no folder /nonexistent"),
        Row(script: "zookeeper/cli", says: "usage: zookeeper/cli FOLDER COMMAND [ARGUMENT...]"),
        Row(script: "wait-ready", says: "usage: wait-ready FOLDER [SECONDS [PID]]"),
        Row(script: "wait-ready", arguments: ["/tmp", "soon"], says: "wait-ready: SECONDS takes a whole number"),
        Row(script: "free-ports", says: "usage: free-ports COUNT PID [FOLDER [FIRST]]"),
        Row(script: "demo", arguments: ["--twice"], says: "usage: demo [--once] [--pacer BINARY]"),
        Row(
            script: "demo",
            arguments: ["--pacer", "/nonexistent"],
            status: 1,
            says: "demo: /nonexistent is no program"
        ),
        Row(script: "bench/launch-only", says: "usage: launch-only MASTER COUNT"),
        Row(script: "bench/deployments", says: "usage: deployments PACER"),
    ]

    @Test(.timeLimit(.minutes(1)), arguments: rows) func `a wrong call is told in one line`(row: Row) throws {
        let process = Process()
        let (output, errors) = (Pipe(), Pipe())
        process.executableURL = SourceTree.root.appending(path: "Scripts/\(row.script)")
        process.arguments = row.arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let told = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let out = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == row.status, "\(told)")
        #expect(told.contains(row.says), "\(told)")
        #expect(told.split(separator: "\n").count == 1, "\(told)")
        #expect(out.isEmpty)
    }
}
