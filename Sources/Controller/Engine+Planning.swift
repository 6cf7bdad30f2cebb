import Domain
import OrderedCollections
import Planning
import Rollout

/// When a plan is made again without a new commit.
extension Engine {
    /// Plans again for every source whose last plan stands on something that has changed since: an app that another
    /// source gave up, a pin that ran out. A plan that one of these plans makes outdated in turn comes in the same turn,
    /// as long as each source can have waited for each other one; what is left then comes with the next turn.
    mutating func planAgain(at now: Instant) {
        for _ in settings.sources {
            let outdated = settings.sources.map(\.name).filter { name in
                desks[name].map { $0.isOutdated && $0.desired != nil } ?? false
            }
            guard !outdated.isEmpty else { return }
            for name in outdated { planAgain(of: name, at: now) }
            settle(at: now)
        }
    }

    /// Notes an app's record; a source whose plan stood on what it was has to plan again.
    mutating func noteFooting(of app: AppID, _ record: AppRecord?) {
        let before = footings[app]
        let after = record?.footing
        guard before != after else { return }
        footings[app] = after
        for (name, desk) in desks {
            // An app that is gone matters only to who declares it all the same.
            guard desk.desired?.apps[app] != nil || (after != nil && [before?.source, after?.source].contains(name))
            else { continue }
            desks[name]?.isOutdated = true
        }
        for name in Set([before?.source, after?.source].compactMap(\.self)) { formers[name]?.isOutdated = true }
    }
}

extension AppRecord {
    /// What plans stand on: the record without what changes while a rollout goes its way, or by orders that leave the spec
    /// alone. A pin and a spec that is held back stay: the planner leaves such apps out.
    var footing: AppRecord {
        var footing = self
        footing.rollout = nil
        footing.lastHealthy = nil
        footing.history = nil
        footing.promoted = nil
        footing.restart = nil
        footing.suspension = nil
        footing.backoff = nil
        footing.nextInstance = 0
        return footing
    }
}
