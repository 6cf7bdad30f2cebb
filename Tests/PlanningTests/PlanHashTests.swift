import Domain
import OrderedCollections
import Planning
import Testing

/// The hash names exactly the plan that a person has seen.
struct PlanHashTests {
    private let old = [spec("/a"), spec("/b"), spec("/c")]
    private let new = [spec("/a") { $0.cmd = "v2" }, spec("/b"), spec("/d")]

    @Test func `the same inputs give the same hash, whatever the order of tables`() {
        let first = plan(desired(new), over: actual(old)).hash
        let apps = actual(old).apps.sorted { $0.key < $1.key }
        for rotation in 0..<12 {
            // Another order of insertion and another capacity give a dictionary another order of its own.
            var shuffled = ActualState(apps: [:])
            shuffled.apps.reserveCapacity(rotation * 7)
            for index in apps.indices {
                let (id, value) = apps[(index + rotation) % apps.count]
                shuffled.apps[id] = value
            }
            #expect(plan(desired(new), over: shuffled).hash == first)
        }
    }

    @Test func `everything that the plan was decided from changes the hash`() {
        let first = plan(desired(new), over: actual(old)).hash
        var grown = actual(old)
        grown.apps[app("/a")]?.instances.removeAll()
        let others = [
            plan(desired([spec("/a") { $0.cmd = "v3" }, spec("/b"), spec("/d")]), over: actual(old)).hash,
            plan(desired(new), over: actual([spec("/a") { $0.cmd = "v0" }, spec("/b"), spec("/c")])).hash,
            plan(desired(new), over: actual(old), prune: false).hash,
            plan(desired(new), over: grown).hash,
            plan(desired(new + [spec("/e")]), over: actual(old)).hash,
        ]
        #expect(Set(others + [first]).count == others.count + 1)
    }

    @Test func `apps that do not change are not in it`() {
        let first = plan(desired(new), over: actual(old)).hash
        var state = actual(old)
        state.apps[app("/b")]?.instances.removeAll()
        #expect(plan(desired(new), over: state).hash == first)
    }

    @Test func `a plan right after everything ran is empty`() {
        #expect(plan(desired(new), over: actual(new)).changes.isEmpty)
    }

    @Test func `order, defaults and units make no difference`() {
        let plain = spec("/web") {
            $0.env = ["A": "1", "B": "2"]
            $0.resources = Resources(cpus: 500, mem: 64_000)
        }
        let spelled = spec("/web") {
            $0.resources = Resources(cpus: 500, mem: 64_000, disk: 0, gpus: 0)
            $0.env = ["A": "1", "B": "2"]
            $0.backoff = BackoffPolicy(first: Milliseconds(1000), longest: .minutes(5))
            $0.upgradeStrategy = UpgradeStrategy(minimumHealthMillionths: 1_000_000, maximumOverMillionths: 1_000_000)
        }
        #expect(plan(desired([spelled]), over: actual([plain])).changes.isEmpty)
    }
}
