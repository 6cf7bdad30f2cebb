import Domain
import Planning
import Testing

/// What keeps an app from what git says stands on the one page for it, whoever keeps it there.
struct ExceptionTests {
    private func record(_ change: (inout AppRecord) -> Void) throws -> AppRecord {
        var record = AppRecord(
            id: try #require(AppID("/web")),
            source: "shop",
            file: "web.yaml",
            desired: spec("/web").digest,
            revision: Revision("r1")
        )
        change(&record)
        return record
    }

    private func paused(_ failures: Int, _ order: Order?) -> RolloutRecord {
        var rollout = RolloutRecord(deployment: DeploymentID("d1"), phase: .paused, reason: "the brake", since: noon)
        rollout.failures = failures
        rollout.pausedIn = .rolling
        rollout.order = order
        return rollout
    }

    private let noon = Instant(milliseconds: 1000)
    private let order = Order(who: "ada", why: "", at: Instant(milliseconds: 0), until: Instant(milliseconds: 9000))

    @Test(arguments: [(0, "pacer rollout resume /web"), (1, "pacer rollout retry /web")])
    func `a pause that came by itself is one, with its reason and what ends it`(failures: Int, end: String) throws {
        let found = try record { $0.rollout = paused(failures, nil) }.exceptions(spec("/web"))
        #expect(found.map(\.kind) == [.pause])
        #expect(found.first?.who == nil && found.first?.until == nil)
        #expect(found.first?.why == "the brake")
        #expect(found.first?.end == end)
    }

    @Test func `what is held back by a pin ends with it, what failed does not`() throws {
        func held(_ endsWithPin: Bool?) throws -> AppException? {
            try record { record in
                record.pin = Pin(digest: testDigest([1]), order: order)
                record.heldBack = HeldBack(
                    digest: testDigest([2]),
                    deployment: DeploymentID("d1"),
                    reason: "",
                    at: noon,
                    endsWithPin: endsWithPin
                )
            }.exceptions(spec("/web")).first { $0.kind == .heldBack }
        }
        #expect(try held(true)?.until == order.until)
        #expect(try held(true)?.who == "ada")
        #expect(try held(nil)?.until == nil)
    }
}
