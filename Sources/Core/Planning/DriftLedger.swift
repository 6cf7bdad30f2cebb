package import Domain

/// Keeps the episodes of drift that are open: when each began, and the newest cause that was known for it.
package struct DriftLedger: Sendable {
    private struct Key: Hashable {
        let kind: DriftEpisode.Kind
        let subject: String
    }

    /// Open episodes by app; those without one are the sources' and the cluster's.
    private var open: [AppID?: [Key: DriftEpisode]] = [:]
    /// Episodes of an earlier ledger that were not found again yet.
    private var inherited: [AppID?: Set<Key>] = [:]
    /// Buckets in which an episode began or ended since they were handed out the last time.
    private var changed: Set<Int> = []

    /// Open episodes are stored in so many parts, so that the beginning of one writes little.
    package static let buckets = 256
    /// Bytes of a bucket's episodes that are stored, oldest first, and characters of each text of one: a lost rack must
    /// not outgrow what the store takes. What is left out begins anew with the next leader.
    package static let storedBytes = 48 * 1024
    static let storedText = 200

    /// A ledger that goes on with the open episodes of an earlier one.
    package init(continuing episodes: [DriftEpisode] = []) {
        for episode in episodes {
            let key = Key(kind: episode.kind, subject: episode.subject)
            open[episode.app, default: [:]][key] = episode
            inherited[episode.app, default: []].insert(key)
        }
    }

    /// The buckets in which an episode began or ended since the last call, with what is to be stored of each; empty where
    /// nothing is open in it any more.
    package mutating func takeChanged() -> [(bucket: Int, episodes: [DriftEpisode])] {
        guard !changed.isEmpty else { return [] }
        var stored: [Int: [DriftEpisode]] = [:]
        for (app, episodes) in open {
            let bucket = DriftLedger.bucket(of: app)
            if changed.contains(bucket) { stored[bucket, default: []] += episodes.values }
        }
        defer { changed = [] }
        return changed.sorted().map { bucket in
            let oldest = (stored[bucket] ?? []).sorted { left, right in
                left.firstSeen == right.firstSeen
                    ? DriftLedger.precedes(left, right) : left.firstSeen < right.firstSeen
            }
            var room = DriftLedger.storedBytes
            let kept = oldest.lazy.map(\.shortened).prefix { episode in
                room -= episode.weight
                return room >= 0
            }
            return (bucket, Array(kept))
        }
    }

    /// The same for an app in every process: FNV-1a over its path.
    private static func bucket(of app: AppID?) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in (app?.path ?? "").utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return Int(truncatingIfNeeded: (hash >> 32) % UInt64(buckets))
    }

    /// Takes everything that is found now: new differences open an episode, those that are there no more end theirs.
    /// - Returns: The episodes that ended, sorted by app, kind and subject.
    package mutating func observe(_ findings: [DriftFinding], at now: Instant) -> [DriftEpisode] {
        let found = Dictionary(grouping: findings, by: \.app)
        var ended: [DriftEpisode] = []
        for app in Set(open.keys).union(found.keys) { ended += update(app, found[app] ?? [], at: now) }
        return ended.sorted(by: DriftLedger.precedes)
    }

    /// Takes everything that is found in one app now (`nil`: in the sources and the cluster); the others' episodes are
    /// left as they are.
    /// - Parameter isUnsure: asked about episodes of an earlier ledger: whether nobody can say yet that this one is over,
    ///   though it is not among the findings, since a new leader has not looked everywhere. Such an episode stays open.
    /// - Returns: The episodes that ended, sorted by kind and subject.
    package mutating func observe(
        _ findings: [DriftFinding],
        of app: AppID?,
        at now: Instant,
        isUnsure: (DriftEpisode) -> Bool = { _ in false }
    ) -> [DriftEpisode] {
        update(app, findings.filter { $0.app == app }, at: now, isUnsure: isUnsure).sorted(by: DriftLedger.precedes)
    }

    /// The open episodes as they are now, sorted by app, kind and subject. An open episode was last seen now.
    package func episodes(at now: Instant) -> [DriftEpisode] {
        let all = open.values.flatMap(\.values).map { episode in
            var episode = episode
            episode.lastSeen = max(episode.lastSeen, now)
            return episode
        }
        return all.sorted(by: DriftLedger.precedes)
    }

    private mutating func update(
        _ app: AppID?,
        _ findings: [DriftFinding],
        at now: Instant,
        isUnsure: (DriftEpisode) -> Bool = { _ in false }
    ) -> [DriftEpisode] {
        let before = open[app] ?? [:]
        var after: [Key: DriftEpisode] = [:]
        for finding in findings {
            let key = Key(kind: finding.kind, subject: finding.subject)
            after[key] = DriftLedger.episode(of: finding, continuing: before[key], at: now)
        }
        if let unproved = inherited[app] {
            let kept = unproved.filter { after[$0] == nil && before[$0].map(isUnsure) ?? false }
            for key in kept { after[key] = before[key] }
            inherited[app] = kept.isEmpty ? nil : kept
        }
        if before.count != after.count || before.keys.contains(where: { after[$0] == nil }) {
            changed.insert(DriftLedger.bucket(of: app))
        }
        open[app] = after.isEmpty ? nil : after
        return before.filter { after[$0.key] == nil }.map { entry in
            var ended = entry.value
            ended.lastSeen = max(ended.lastSeen, now)
            return ended
        }
    }

    private static func episode(
        of finding: DriftFinding,
        continuing before: DriftEpisode?,
        at now: Instant
    ) -> DriftEpisode {
        DriftEpisode(
            app: finding.app,
            subject: finding.subject,
            kind: finding.kind,
            cause: finding.cause ?? before?.cause ?? "not known yet",
            firstSeen: before?.firstSeen ?? now,
            lastSeen: now,
            expected: finding.expected,
            actual: finding.actual,
            action: finding.action
        )
    }

    private static func precedes(_ left: DriftEpisode, _ right: DriftEpisode) -> Bool {
        (left.app?.path ?? "", left.kind.rawValue, left.subject)
            < (right.app?.path ?? "", right.kind.rawValue, right.subject)
    }
}

extension DriftEpisode {
    /// About how many bytes it takes in a record; a byte of text may take two.
    fileprivate var weight: Int {
        let texts = [app?.path ?? "", subject, cause, expected, actual, action]
        return 200 + 2 * texts.reduce(0) { $0 + $1.utf8.count }
    }

    /// With no more of its texts than the store should carry.
    fileprivate var shortened: DriftEpisode {
        var short = self
        short.cause = cause.cut(to: DriftLedger.storedText)
        short.expected = expected.cut(to: DriftLedger.storedText)
        short.actual = actual.cut(to: DriftLedger.storedText)
        short.action = action.cut(to: DriftLedger.storedText)
        return short
    }
}
