import Controller
import Domain
import Planning
import Scheduling
import StatusSamples
import Testing
import WebAPI

/// What an app is said to wait for, while its task is to be started again.
@Suite struct WaitingTests {
    /// An app whose only task could not be launched.
    private func dropped() throws -> AppStatus {
        var app = try Sample.web()
        app.refusal = nil
        var instance = Instance(
            id: InstanceID(app: app.id, number: 1),
            digest: try #require(app.spec).digest,
            since: Sample.noon
        )
        instance.lastEnd = TaskEnd(
            task: TaskID("web.7-1"),
            state: "TASK_DROPPED",
            message: "no user 'nosuchuser'",
            reason: "REASON_EXECUTOR_TERMINATED",
            at: Sample.noon,
            host: "agent1"
        )
        app.instances = [instance]
        return app
    }

    @Test func `a back-off says when it ends, and how the last task ended`() throws {
        var app = try dropped()
        let digest = try #require(app.spec).digest
        app.record?.backoff = BackoffState(
            digest: digest,
            delay: .seconds(4),
            until: Sample.noon + .seconds(4),
            failures: 3
        )
        let text = try #require(app.waiting(at: Sample.noon))
        #expect(text.hasPrefix("waits for the next try at "))
        #expect(text.contains("after 3 tasks in a row failed"))
        #expect(text.hasSuffix("task could not be launched: TASK_DROPPED on agent1, no user 'nosuchuser'"), "\(text)")
    }

    @Test func `an app that no offer was held against yet says how its last task ended`() throws {
        var app = try dropped()
        app.refusal = RefusalReport(since: Sample.noon, offers: 0, reasons: [:], asked: .zero, best: .zero)
        let text = try #require(app.waiting(at: Sample.noon))
        #expect(text.hasPrefix("asks for offers, and none has come since 2026-01-01T12:00:00.000Z; "))
        #expect(text.contains("TASK_DROPPED on agent1"), "\(text)")
    }
}
