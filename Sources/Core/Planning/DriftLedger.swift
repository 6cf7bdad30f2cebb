package import Domain

/// Keeps the episodes of drift that are open: when each began, and the newest cause that was known for it.
package struct DriftLedger: Sendable {
    private struct Key: Hashable {
        let kind: DriftEpisode.Kind
        let subject: String
    }

    /// Open episodes by app; those without one are the sources' and the cluster's.
    private var open: [AppID?: [Key: DriftEpisode]] = [:]

    /// A ledger in which nothing is open.
    package init() {}

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
    /// - Returns: The episodes that ended, sorted by kind and subject.
    package mutating func observe(_ findings: [DriftFinding], of app: AppID?, at now: Instant) -> [DriftEpisode] {
        update(app, findings.filter { $0.app == app }, at: now).sorted(by: DriftLedger.precedes)
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

    private mutating func update(_ app: AppID?, _ findings: [DriftFinding], at now: Instant) -> [DriftEpisode] {
        let before = open[app] ?? [:]
        var after: [Key: DriftEpisode] = [:]
        for finding in findings {
            let key = Key(kind: finding.kind, subject: finding.subject)
            after[key] = DriftLedger.episode(of: finding, continuing: before[key], at: now)
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
