import Boundary
import Domain
import Rollout
import Scheduling

extension Engine {
    /// Turns everything that changed in this turn into writes: instances by chunk, specs by reference, deployments.
    mutating func writeChanges(at now: Instant) {
        for chunk in changedChunks.sorted() { writeChunk(chunk) }
        changedChunks = []
        for app in stale.sorted() { writeSpecs(of: app, at: now) }
        writeDeployments(at: now)
    }

    private mutating func writeChunk(_ key: StoreKey) {
        guard case .instances(let app, _) = key else { return }
        let members = scheduler.instances(of: app).filter { StoreKey.chunk(of: $0.id) == key }
        guard !members.isEmpty else {
            turn.batch.remove(key)
            return
        }
        turn.batch.put(key, .instances(members))
    }

    private mutating func writeSpecs(of app: AppID, at now: Instant) {
        var digests = Set(scheduler.instances(of: app).flatMap { [$0.digest, $0.next ?? $0.digest] })
        if let record = rollouts.record(of: app) {
            digests.formUnion([record.desired, record.lastHealthy].compactMap(\.self))
            digests.formUnion((record.history ?? []).map(\.digest))
        }
        let (write, drop) = shelf.refer(app, to: digests)
        for spec in write { turn.batch.put(.spec(spec.digest), .spec(spec)) }
        for digest in drop {
            turn.batch.remove(.spec(digest))
            absorb(scheduler.handle(.forget(digest), at: now), at: now)
            absorb(rollouts.handle(.forget(digest), at: now), at: now)
        }
    }

    private mutating func writeDeployments(at now: Instant) {
        for app in stale { deployments.follow(app, rollouts.record(of: app)) }
        let (changed, dropped) = deployments.settle(at: now)
        for record in changed { turn.batch.put(.deployment(record.id), .deployment(record)) }
        for id in dropped { turn.batch.remove(.deployment(id)) }
    }
}
