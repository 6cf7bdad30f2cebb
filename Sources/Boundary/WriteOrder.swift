import Domain

/// One step of writing a batch.
package enum WriteStep: Sendable {
    /// A key gets its value, or goes.
    case write(StoreKey, StoreValue?)
    /// The batch's events are written into the journal.
    case journal
}

extension WriteBatch {
    /// The steps of writing this batch, in groups that belong together.
    ///
    /// A store may have to cut a batch into several transactions, of which a lost connection, a crash or another leader may
    /// leave the first ones only. In this order that does no harm:
    ///
    /// 1. the framework's id, and the headers of deployments that apps' records name;
    /// 2. app after app: its new specs, its record, its instances, then removals of instances, then the removal of its
    ///    record. A record comes before the instances that it counts (a number that was given to nobody is harmless, a
    ///    number given twice is not), and goes after them (an app that is being removed and has none left is simply
    ///    removed). The writes of one app are one group, which stays in one transaction wherever it fits;
    /// 3. what says that the above is done: deployments that have ended, sources (a commit counts as applied only when its
    ///    apps are), the drift ledger, removals of headers, the journal;
    /// 4. removals of specs, which nothing names any more.
    package var groups: [[WriteStep]] {
        let ordered = writes.map { (key: $0.key, value: $0.value, rank: Rank($0.key, $0.value)) }
            .sorted { $0.rank < $1.rank }
        let split = ordered.firstIndex { $0.rank.stage > .journal } ?? ordered.endIndex
        var groups: [[WriteStep]] = []
        var app: AppID?
        for (index, step) in ordered.enumerated() {
            if index == split, !journal.isEmpty { groups.append([.journal]) }
            let write = WriteStep.write(step.key, step.value)
            if let app, app == step.rank.app {
                groups[groups.count - 1].append(write)
            } else {
                groups.append([write])
            }
            app = step.rank.app
        }
        if split == ordered.endIndex, !journal.isEmpty { groups.append([.journal]) }
        return groups
    }
}

/// Where a write stands in the order: its stage; within the apps its app and what of it; then its key.
private struct Rank: Comparable {
    enum Stage: Int, Comparable {
        case framework, headers, apps, ends, sources, drift, headersGone, journal, specsGone
        static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    let stage: Stage
    /// The app whose group the write belongs to.
    let app: AppID?
    private let part: Int
    private let key: StoreKey

    init(_ key: StoreKey, _ value: StoreValue?) {
        self.key = key
        switch (key, value) {
        case (.framework, _): (stage, app, part) = (.framework, nil, 0)
        case (.deployment, .deployment(let record)):
            (stage, app, part) = (record.finished == nil ? .headers : .ends, nil, 0)
        case (.deployment, _): (stage, app, part) = (.headersGone, nil, 0)
        case (.spec, .spec(let spec)): (stage, app, part) = (.apps, spec.id, 0)
        case (.spec, _): (stage, app, part) = (.specsGone, nil, 0)
        case (.app(let id), .some): (stage, app, part) = (.apps, id, 1)
        case (.instances(let id, _), .some): (stage, app, part) = (.apps, id, 2)
        case (.instances(let id, _), nil): (stage, app, part) = (.apps, id, 3)
        case (.app(let id), nil): (stage, app, part) = (.apps, id, 4)
        case (.source, _): (stage, app, part) = (.sources, nil, 0)
        case (.drift, _): (stage, app, part) = (.drift, nil, 0)
        }
    }

    static func < (left: Rank, right: Rank) -> Bool {
        if left.stage != right.stage { return left.stage < right.stage }
        if let here = left.app, let there = right.app, here != there { return here < there }
        return left.part == right.part ? left.key < right.key : left.part < right.part
    }
}
