import Domain
import OrderedCollections
import Planning
import Rollout

/// Apps that move from one source to another.
///
///     both declare it ──the owner's commit without it is applied──▶ handed over as it runs ──▶ the other's
///     the owner is out of the configuration ──the other's commit──▶ handed over as it runs ──▶ the other's
///     the owner drops it first ──▶ removed, since nobody has it; ──the other's commit──▶ created
extension Engine {
    /// Works out anew which apps their own source declares no more and another one does. Plans that stand on who takes
    /// what are outdated where that has changed.
    mutating func refreshHeirs() {
        let before = heirs
        heirs = desks.count + formers.count > 1 ? findHeirs() : [:]
        guard before != heirs else { return }
        for id in Set(before.keys).union(heirs.keys) where before[id] != heirs[id] {
            let names = [rollouts.record(of: id)?.source, before[id]?.source, heirs[id]?.source]
            for name in names.compactMap(\.self) {
                desks[name]?.isOutdated = true
                formers[name]?.isOutdated = true
            }
            stale.insert(id)
        }
    }

    private func findHeirs() -> [AppID: ActualState.Heir] {
        let shields = desks.compactMapValues { desk in desk.desired.map { Shield($0.broken) } }
        var found: [AppID: ActualState.Heir] = [:]
        for record in rollouts.records where record.desired != nil {
            // A source that is not in the configuration declares nothing: there is nothing to wait for.
            if formers[record.source] != nil {
                found[record.id] = heir(to: record).map { ActualState.Heir(source: $0, mayTake: true) }
                continue
            }
            guard let owner = desks[record.source], let desired = owner.desired else { continue }
            guard desired.apps[record.id] == nil, let shield = shields[record.source] else { continue }
            // What a broken file may still declare is not given away.
            guard shield.unreadable.isEmpty, !shield.covers(record.id, record: record) else { continue }
            guard let heir = heir(to: record) else { continue }
            let hasLetGo = owner.record.held == nil && owner.record.applied == desired.revision
            found[record.id] = ActualState.Heir(source: heir, mayTake: hasLetGo)
        }
        return found
    }

    private func heir(to record: AppRecord) -> String? {
        settings.sources.map(\.name).first { name in
            name != record.source && desks[name]?.desired?.apps[record.id] != nil
        }
    }
}
