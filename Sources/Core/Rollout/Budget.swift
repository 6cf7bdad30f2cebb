import Domain

/// How many apps, and how many instances of theirs, are on their way at the same time.
///
/// The numbers follow the records and instances; those that wait for their turn are woken, the first by id first, when
/// others come to an end.
struct Budget: Sendable {
    /// Apps whose rollout moves instances.
    private(set) var active: Set<AppID> = []
    /// Instances of theirs that are not healthy yet.
    private var starting: [AppID: Int] = [:]
    private(set) var totalStarting = 0
    /// Apps that wait until there are fewer.
    private var waitingForApps: Set<AppID> = []
    private var waitingForTasks: Set<AppID> = []

    /// Takes a record as it is now.
    /// - Returns: those that have waited and should be looked at.
    @discardableResult
    mutating func follow(_ record: AppRecord) -> Set<AppID> {
        let isActive = record.desired != nil && record.rollout.map { Budget.moves($0.phase) } ?? false
        guard !isActive else {
            active.insert(record.id)
            waitingForApps.remove(record.id)
            return []
        }
        return leave(record.id)
    }

    /// Takes an app out.
    /// - Returns: those that have waited and should be looked at.
    mutating func leave(_ id: AppID) -> Set<AppID> {
        var woken: Set<AppID> = []
        if active.remove(id) != nil, let next = waitingForApps.min() { woken.insert(next) }
        woken.formUnion(setStarting(0, of: id))
        return woken
    }

    /// Notes how many instances of an app are on their way.
    /// - Returns: those that have waited and should be looked at.
    mutating func setStarting(_ count: Int, of id: AppID) -> Set<AppID> {
        let before = starting[id, default: 0]
        guard before != count else { return [] }
        starting[id] = count == 0 ? nil : count
        totalStarting += count - before
        guard count < before else { return [] }
        defer { waitingForTasks = [] }
        return waitingForTasks
    }

    /// How many of other apps are on their way.
    func startingBeside(_ id: AppID) -> Int { totalStarting - starting[id, default: 0] }

    mutating func waitForApps(_ id: AppID) { waitingForApps.insert(id) }
    mutating func waitForTasks(_ id: AppID) { waitingForTasks.insert(id) }

    private static func moves(_ phase: RolloutRecord.Phase) -> Bool {
        switch phase {
        case .canary, .rolling, .rollingBack: true
        case .waiting, .paused, .aborted, .removing: false
        }
    }
}
