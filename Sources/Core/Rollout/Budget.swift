import Domain

/// How many apps, and how many instances of theirs, are on their way at the same time.
///
/// The numbers follow the records and instances. Where a turn is free, the first by id of those that wait for one is
/// looked at; one that cannot begin after all, because something else is in its way by now, waits for a turn no more, so
/// that the next one is looked at.
struct Budget: Sendable {
    /// Apps whose rollout moves instances.
    private(set) var active: Set<AppID> = []
    /// Instances of theirs that are not healthy yet.
    private var starting: [AppID: Int] = [:]
    private(set) var totalStarting = 0
    /// Apps that wait until there are fewer.
    private var waitingForApps: Set<AppID> = []
    private var waitingForTasks: Set<AppID> = []

    /// Takes a record as it is now. What is suspended moves nothing, though its rollout is not at its end; nor does what is
    /// stalled, waits for a person, which may last, or waits for a turn itself: it asks for one before it goes on.
    ///
    /// Its instances that are not healthy yet count until it is looked at again: it may go on in the same turn, and until
    /// then nobody else takes their place.
    /// - Returns: whether it has left its turn.
    @discardableResult
    mutating func follow(_ record: AppRecord) -> Bool {
        let moves = record.rollout.map(Budget.moves) ?? false
        guard record.desired != nil, record.suspension == nil, moves else { return active.remove(record.id) != nil }
        active.insert(record.id)
        return false
    }

    /// Takes an app out.
    /// - Returns: those that have waited and should be looked at.
    mutating func leave(_ id: AppID) -> Set<AppID> {
        active.remove(id)
        return setStarting(0, of: id)
    }

    /// Takes the next app that waits for its turn, if there is a turn for it.
    mutating func takeNext(_ most: Int?) -> AppID? {
        guard let most, active.count < most, let next = waitingForApps.min() else { return nil }
        waitingForApps.remove(next)
        return next
    }

    /// Notes that an app is looked at afresh: whatever it waited for, it says so again.
    mutating func look(at id: AppID) {
        waitingForApps.remove(id)
        waitingForTasks.remove(id)
    }

    /// Which of the two budgets an app waits for; `nil` where it waits for none.
    func awaited(by id: AppID) -> Turns.Kind? {
        if waitingForApps.contains(id) { return .apps }
        return waitingForTasks.contains(id) ? .tasks : nil
    }

    /// Who has what the budgets count, as far as they have a limit.
    func turns(mostApps: Int?, mostTasks: Int?) -> Turns {
        Turns(
            mostApps: mostApps,
            apps: mostApps == nil ? [] : active.sorted(),
            mostTasks: mostTasks,
            tasks: mostTasks == nil
                ? [] : starting.map { Turns.Share(app: $0.key, tasks: $0.value) }.sorted { $0.app < $1.app }
        )
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

    private static func moves(_ rollout: RolloutRecord) -> Bool {
        switch rollout.hindrance {
        case .stalled, .person, .turn: return false
        case .held, nil: break
        }
        switch rollout.phase {
        case .canary, .rolling, .rollingBack: return true
        case .waiting, .paused, .aborted, .removing: return false
        }
    }
}
