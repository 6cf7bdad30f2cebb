import Boundary
import Domain
import Foundation
import GitSource
import Testing

/// Times on a repository of 10,000 files; for reading, nothing is asserted about them.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["PACER_BENCH"] != nil, "set PACER_BENCH to measure"))
struct BenchTests {
    @Test func `ten thousand files`() async throws {
        let folder = try TemporaryFolder()
        let origin = try await OriginRepository(at: folder.path + "/origin")
        try importFiles(to: folder.path + "/stream")
        try await run(["sh", "-c", "git fast-import --quiet < ../stream && git reset -q --hard"], in: origin.folder)
        let configuration = GitSourceConfiguration(
            name: "bench",
            url: origin.folder,
            branch: "main",
            mirror: folder.path + "/mirror"
        )
        let repository = GitRepository(configuration, logger: .quiet)
        var known: Revision?
        try await measure("first look: clone and all files", times: 1) {
            known = try #require(try await repository.update(since: nil)).revision
        }
        try await measure("all files from the mirror", times: 7) {
            let update = try await repository.update(since: nil)
            #expect(update?.files.everything?.count == 10_000)
        }
        try await measure("nothing new", times: 20) {
            let update = try await repository.update(since: known)
            #expect(update == nil)
        }
        var times: [Duration] = []
        for number in 0..<10 {
            try origin.write("d\(number)/app\(number).yaml", "id: changed\n")
            try await origin.commit("change \(number)")
            times.append(
                try await ContinuousClock().measure {
                    let update = try #require(try await repository.update(since: known))
                    #expect(update.files.difference?.changed.count == 1)
                    known = update.revision
                }
            )
        }
        report("one changed file, fetch and difference", times)
        try await measure("all files from the working folder", times: 5) {
            let update = try await LocalTree.files(at: origin.folder, source: "bench")
            #expect(update.files.everything?.count == 10_000)
        }
    }

    private func importFiles(to path: String) throws {
        var stream = "commit refs/heads/main\ncommitter Ada <ada@example.invalid> 1700000000 +0000\ndata 5\nfirst\n"
        for index in 0..<10_000 {
            var text = "id: app\(index)\n"
            while text.utf8.count < 834 { text += "label\(text.utf8.count): value of a usual length\n" }
            stream += "M 100644 inline d\(index % 200)/app\(index).yaml\ndata \(text.utf8.count)\n\(text)\n"
        }
        try stream.write(toFile: path, atomically: true, encoding: .utf8)
    }

    private func measure(_ what: String, times: Int, _ body: () async throws -> Void) async throws {
        var all: [Duration] = []
        for _ in 0..<times { all.append(try await ContinuousClock().measure(body)) }
        report(what, all)
    }

    private func report(_ what: String, _ times: [Duration]) {
        let sorted = times.sorted()
        print("BENCH \(what): median \(sorted[sorted.count / 2]) (\(sorted[0]) to \(sorted[sorted.count - 1]))")
    }
}
