import Domain
import OrderedCollections
import Testing

@testable import Rollout

/// Which ends of tasks pull the brake of the cluster.
struct LossTests {
    private let web = spec("/web", instances: 3)

    private var policy: RolloutPolicy {
        var policy = RolloutPolicy()
        policy.brake.lostTasks = 3
        return policy
    }

    /// What the store holds: three instances as they are made.
    private func rollouts(_ instances: [Instance]) -> Rollouts {
        let record = AppRecord(
            id: web.id,
            source: "shop",
            file: "web.yaml",
            desired: web.digest,
            revision: Revision("r")
        )
        return Rollouts(records: [record], specs: [web.digest: web], instances: instances, policy: policy)
    }

    private func running() -> [Instance] { (1...3).map { Instance.make($0, of: web) } }

    private func ended(
        _ state: String,
        reason: String? = nil,
        cutOffSince: Instant? = nil,
        at now: Instant
    ) -> [Instance] {
        (1...3).map { number in
            var instance = Instance.make(number, of: web, .scheduled)
            var end = TaskEnd(
                task: TaskID("\(instance.id)-0"),
                state: state,
                message: "",
                reason: reason,
                at: now,
                host: "host"
            )
            end.unreachableSince = cutOffSince
            instance.lastEnd = end
            return instance
        }
    }

    private func isBraked(_ rollouts: inout Rollouts, at now: Instant) -> Bool {
        _ = rollouts.handle(.tick, at: now)
        return rollouts.losses.brakedUntil != nil
    }

    @Test(
        arguments: [
            ("TASK_LOST", nil, true), ("TASK_GONE", nil, true), ("TASK_GONE_BY_OPERATOR", nil, true),
            ("TASK_UNREACHABLE", nil, true), ("TASK_UNKNOWN", nil, true), ("TASK_FAILED", nil, false),
            ("TASK_KILLED", nil, false), ("TASK_KILLED", "REASON_AGENT_DRAINING", false), ("TASK_DROPPED", nil, false),
            ("TASK_GONE_BY_OPERATOR", "REASON_AGENT_DRAINING", false),
        ] as [(String, String?, Bool)]
    )
    func `tasks that end with their agent pull the brake, for this leader and the next`(
        state: String,
        reason: String?,
        isLoss: Bool
    ) {
        let now = Instant(milliseconds: 10_000)
        let after = ended(state, reason: reason, at: now)
        var rollouts = rollouts(running())
        #expect(!isBraked(&rollouts, at: now))
        _ = rollouts.handle(.instances(web.id, after), at: now)
        #expect(isBraked(&rollouts, at: now) == isLoss)
        var next = self.rollouts(after)
        #expect(isBraked(&next, at: now) == isLoss)
    }

    @Test func `agents that were cut off long ago are not lost once more when an operator marks them gone`() {
        let cutOff = Instant(milliseconds: 10_000)
        let gone = cutOff + .seconds(3600)
        var rollouts = rollouts(running())
        let unreachable = running().map { instance in
            var instance = instance
            instance.condition = .unreachable
            instance.since = cutOff
            return instance
        }
        _ = rollouts.handle(.instances(web.id, unreachable), at: cutOff)
        #expect(isBraked(&rollouts, at: cutOff))
        #expect(!isBraked(&rollouts, at: cutOff + .seconds(301)))
        let after = ended("TASK_GONE_BY_OPERATOR", cutOffSince: cutOff, at: gone)
        _ = rollouts.handle(.instances(web.id, after), at: gone)
        #expect(!isBraked(&rollouts, at: gone))
        var next = self.rollouts(after)
        #expect(!isBraked(&next, at: gone), "nor by the next leader")
    }
}
