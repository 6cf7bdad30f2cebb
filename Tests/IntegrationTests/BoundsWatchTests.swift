import Foundation
import Testing

/// The judge is judged: what it must find, and what it must leave alone.
@Suite struct BoundsWatchTests {
    private func task(_ id: String, _ statuses: (state: String, at: Double)...) -> MesosTask {
        MesosTask([
            "id": id, "name": "web", "state": "TASK_\(statuses.last?.state ?? "STAGING")",
            "statuses": statuses.map { ["state": "TASK_\($0.state)", "timestamp": NSNumber(value: $0.at)] },
        ])
    }

    private func violations(
        _ tasks: [MesosTask],
        _ bounds: Bounds,
        then change: (BoundsWatch) -> Void = { _ in }
    ) throws -> [String] {
        let watch = BoundsWatch { tasks }
        watch.hold("web", bounds, from: Date(timeIntervalSince1970: 5))
        change(watch)
        try watch.judgeHistory()
        return watch.violations
    }

    /// One instance stays, the other is replaced: killed at 10, the new one runs from a moment on.
    private func replacement(at moment: Double) -> [MesosTask] {
        [
            task("stays", ("STARTING", 1), ("RUNNING", 1)),
            task("old", ("STARTING", 1), ("RUNNING", 2), ("KILLING", 10), ("KILLED", 20)),
            task("new", ("STARTING", moment), ("RUNNING", moment)),
        ]
    }

    @Test func `a moment with too few healthy tasks is found, though no look saw it`() throws {
        let found = try violations(replacement(at: 11), Bounds(minimum: 2, maximum: 3))
        #expect(found == ["web: 1 healthy tasks, fewer than 2, at 10.0 by the history"])
    }

    @Test func `a moment with too many tasks is found, those that are being killed among them`() throws {
        let found = try violations(replacement(at: 11), Bounds(minimum: 1, maximum: 2))
        #expect(found == ["web: 3 tasks, more than 2, at 11.0 by the history"])
        #expect(try violations(replacement(at: 20), Bounds(minimum: 1, maximum: 2)).isEmpty)
    }

    @Test func `a task that started and ran in the same millisecond is healthy from then on`() throws {
        #expect(try violations(replacement(at: 9), Bounds(minimum: 2, maximum: 3)).isEmpty)
        #expect(try violations(replacement(at: 10), Bounds(minimum: 2, maximum: 3)).isEmpty)
    }

    @Test func `what happened before the bounds were in force is not judged by them`() throws {
        let late = [task("late", ("STARTING", 3), ("RUNNING", 4))]
        #expect(try violations(late, Bounds(minimum: 1, maximum: 1)).isEmpty)
    }

    @Test func `while a commit is on its way the bounds before it and after it are both right`() throws {
        let tasks = replacement(at: 11)
        let found = try violations(tasks, Bounds(minimum: 2, maximum: 3)) { watch in
            watch.allow("web", Bounds(minimum: 1, maximum: 1), from: Date(timeIntervalSince1970: 8))
        }
        #expect(found.isEmpty)
        let settled = try violations(tasks, Bounds(minimum: 2, maximum: 3)) { watch in
            watch.hold("web", Bounds(minimum: 1, maximum: 1), from: Date(timeIntervalSince1970: 12))
        }
        #expect(settled.count == 3, "too few at 10, too many at 20 and at the look: \(settled)")
    }
}
