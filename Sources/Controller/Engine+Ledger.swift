import Boundary
import Domain
import Planning
import Rollout
import Scheduling

/// The drift ledger in the store: segments of ended episodes count from 1 up, parts of the open ones from -1 down.
extension Engine {
    /// How long after the subscription a new leader may not have been told of every task of the framework yet.
    static let reconciliationTime = Milliseconds.minutes(10)

    /// The episodes that were open when the last leader wrote.
    static func openEpisodes(in image: StoreImage) -> [DriftEpisode] {
        image.drift.filter { $0.key < 0 }.sorted { $0.key > $1.key }.flatMap(\.value)
    }

    /// Stores the ended episodes, 32 in a segment, and those parts of the open ones in which one began or ended.
    mutating func writeDrift(_ ended: [DriftEpisode]) {
        for (bucket, episodes) in ledger.takeChanged() {
            let key = StoreKey.drift(-1 - bucket)
            if episodes.isEmpty { turn.batch.remove(key) } else { turn.batch.put(key, .drift(episodes)) }
        }
        guard !ended.isEmpty else { return }
        ledgerTail += ended
        turn.batch.put(.drift(driftSegment), .drift(ledgerTail))
        guard ledgerTail.count >= 32 else { return }
        ledgerTail = []
        driftSegment += 1
        if driftSegment > 100 { turn.batch.remove(.drift(driftSegment - 100)) }
    }

    /// Whether a leader that took over cannot say yet that this episode is over: git, or Mesos, has not told.
    func isUnsure(_ episode: DriftEpisode, at now: Instant) -> Bool {
        switch episode.kind {
        case .unmanaged:
            guard let record = episode.app.flatMap({ rollouts.record(of: $0) }) else { return false }
            return desks[record.source].map { $0.desired == nil } ?? false
        case .sourceBehind: return desks[episode.subject].map { $0.looks == 0 } ?? false
        case .orphanTask:
            let connection = scheduler.connection
            return connection.phase != .subscribed || now - connection.since < Engine.reconciliationTime
        case .manifestProblem: return episode.app != nil && !unreadSources.isEmpty
        case .missing, .surplus, .staleSpec, .unhealthy, .exceptionInForce: return false
        }
    }
}
