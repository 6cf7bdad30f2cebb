import Controller
import Domain
import Planning
import Scheduling
import StatusSamples
import Testing
import WebAPI

/// The one short phrase that a status has for an app.
@Suite struct SummaryTests {
    @Test func `an app that is fine has none`() throws {
        #expect(try Sample.db().summary(at: Sample.noon) == nil)
        #expect(try Sample.broken().summary(at: Sample.noon) == nil)
    }

    @Test func `what waits says for what, once`() throws {
        #expect(try Sample.waitingWeb().summary(at: Sample.noon) == "waiting for /shop/db")
        #expect(try Sample.placelessDB().summary(at: Sample.noon) == "rolling: finds no place (not enough cpus)")
    }

    @Test func `what is kept from git says by whom and until when`() throws {
        let digest = sampleSHA256([7]).short
        #expect(
            try Sample.pinned().summary(at: Sample.noon)
                == "pinned to \(digest) by ada@desk until 2026-01-01T14:00:00Z (the till is down)"
        )
        #expect(
            try Sample.suspended().summary(at: Sample.noon)
                == "suspended by ada@desk until 2026-01-01T12:30:00Z (no mail today)"
        )
        #expect(
            try Sample.heldBack().summary(at: Sample.noon)
                == "\(sampleSHA256([8]).short) held back since 2026-01-01T12:00:00Z: 3 new tasks failed"
        )
    }

    @Test(
        arguments: [
            (.paused, "paused by ada@desk (the till is down)"), (.aborted, "aborted by ada@desk (the till is down)"),
            (.rolling, "rolling: 1 of 1 healthy"), (.canary, "canary: 1 of 1 healthy"),
            (.rollingBack, "rolling back: 1 of 1 healthy"), (.removing, "removing: 1 left"),
            (.waiting, "waiting: paused by ada@desk"),
        ] as [(RolloutRecord.Phase, String)]
    )
    func `each phase says the one thing that matters in it`(phase: RolloutRecord.Phase, summary: String) throws {
        var app = try Sample.paused("/shop/web")
        app.record?.rollout?.phase = phase
        #expect(app.summary(at: Sample.noon) == summary)
    }

    @Test func `a pause that ends by itself says when`() throws {
        var app = try Sample.paused("/shop/web")
        app.record?.rollout?.order?.until = Sample.noon + .minutes(30)
        #expect(
            app.summary(at: Sample.noon) == "paused by ada@desk until 2026-01-01T12:30:00Z (the till is down)"
        )
    }

    @Test func `a pause that nobody ordered says why`() throws {
        var app = try Sample.paused("/shop/web")
        app.record?.rollout?.order = nil
        app.record?.rollout?.reason = "3 new tasks failed, and no spec was healthy before"
        #expect(app.summary(at: Sample.noon) == "paused: 3 new tasks failed, and no spec was healthy before")
    }

    @Test func `old instances and a back-off are told`() throws {
        var app = try Sample.paused("/shop/web")
        app.record?.rollout?.phase = .rolling
        app.instances.append(
            Instance(id: InstanceID(app: app.id, number: 2), digest: sampleSHA256([1]), since: Sample.noon)
        )
        #expect(app.summary(at: Sample.noon) == "rolling: 1 of 1 healthy, 1 old left")
        app.health = .degraded
        app.record?.backoff = BackoffState(
            digest: sampleSHA256([1]),
            delay: .seconds(1),
            until: Sample.noon + .seconds(90),
            failures: 2
        )
        #expect(app.summary(at: Sample.noon) == "rolling: 2 failed in a row, next try at 2026-01-01T12:01:30Z")
    }
    @Test func `a back-off that is over, or that no instance waits out, is not told`() throws {
        var app = try Sample.healthy("/shop/web")
        app.record?.backoff = BackoffState(
            digest: sampleSHA256([1]),
            delay: .seconds(1),
            until: Sample.noon + .seconds(90),
            failures: 2
        )
        #expect(app.waiting(at: Sample.noon) == nil)
        #expect(app.summary(at: Sample.noon) == nil)
        app.health = .degraded
        #expect(app.waiting(at: Sample.noon)?.hasPrefix("waits for the next try at 2026-01-01T12:01:30") == true)
        #expect(app.summary(at: Sample.noon) == "2 failed in a row, next try at 2026-01-01T12:01:30Z")
        #expect(app.waiting(at: Sample.noon + .seconds(90)) == nil)
        #expect(app.summary(at: Sample.noon + .seconds(90)) == nil)
    }
}
