import Domain

/// All instances, and every index over them. Changed only through ``put(_:)`` and ``remove(_:)``, so that no index can
/// fall behind.
struct InstanceBook: Sendable {
    private var apps: [AppID: AppInstances] = [:]
    private var owners: [TaskID: InstanceID] = [:]
    private var tasksByAgent: [AgentID: [TaskID]] = [:]
    private var holders: [ReservationID: InstanceID] = [:]
    private var reservedByAgent: [AgentID: Set<InstanceID>] = [:]
    private var restartDigests: [Digest: Digest] = [:]
    /// From when on the tasks of an app that is restarted are new.
    private var restarts: [AppID: Instant] = [:]

    /// The apps that have an instance, sorted.
    var appIDs: [AppID] { apps.keys.sorted() }
    /// How many instances there are.
    private(set) var count = 0

    /// An instance.
    subscript(id: InstanceID) -> Instance? { apps[id.app]?.byNumber[id.number] }

    /// An app's instances, by number.
    func instances(of app: AppID) -> [Instance] {
        guard let app = apps[app] else { return [] }
        return app.numbers.elements.compactMap { app.byNumber[$0] }
    }

    /// The instance whose present task this is, or one of whose present task group.
    func owner(of task: TaskID) -> Instance? { owners[task].flatMap { self[$0] } }

    /// The present tasks on an agent, sorted.
    func tasks(on agent: AgentID) -> [TaskID] { (tasksByAgent[agent] ?? []).sorted() }

    /// The instance that this is reserved for.
    func holder(of reservation: ReservationID) -> Instance? { holders[reservation].flatMap { self[$0] } }

    /// The instances without a task for which something is reserved on an agent, sorted.
    func idle(on agent: AgentID) -> [Instance] {
        guard let instances = reservedByAgent[agent] else { return [] }
        return instances.sorted().compactMap { self[$0] }.filter(\.isIdle)
    }

    /// The app's instances without a task for which something is reserved, by number.
    func idle(of app: AppID) -> [Instance] {
        guard let app = apps[app], !app.reserved.isEmpty else { return [] }
        return app.reserved.elements.compactMap { app.byNumber[$0] }.filter(\.isIdle)
    }

    /// The specs of which instances of the app wait for a place, sorted.
    func pendingDigests(of app: AppID) -> [Digest] { (apps[app]?.pending.keys).map { $0.sorted() } ?? [] }

    /// The numbers of the instances that wait for a place under a spec, ascending.
    func pending(of app: AppID, under digest: Digest) -> ArraySlice<Int> {
        apps[app]?.pending[digest]?.elements ?? []
    }

    /// How the app's instances of this definition are spread, with `fields` tracked.
    mutating func counter(of app: AppID, under digest: Digest, tracking fields: [String]) -> PlacementCounter {
        let key = restartDigest(of: digest)
        for field in fields where apps[app]?.placed[key]?.counts(of: field) == nil {
            guard let instances = apps[app] else { break }
            let agents = instances.counted.filter { $0.value == key }
                .compactMap { instances.byNumber[$0.key]?.countedAgent }
            apps[app]?.placed[key]?.track(field, over: agents)
        }
        if let counter = apps[app]?.placed[key] { return counter }
        var counter = PlacementCounter()
        for field in fields { counter.track(field, over: []) }
        return counter
    }

    /// The definition behind a spec: two specs with the same one need no new tasks.
    func restartDigest(of digest: Digest) -> Digest { restartDigests[digest] ?? digest }

    /// Notes which definition stands behind a spec.
    mutating func learn(_ digest: Digest, restart: Digest) {
        restartDigests[digest] = restart
    }

    /// The spec is of no use any more.
    mutating func forget(_ digest: Digest) { restartDigests[digest] = nil }

    /// An app's tasks from before this moment are to be replaced, though their definition is the wanted one; `nil` for none.
    mutating func restart(_ app: AppID, at moment: Instant?) {
        guard restarts[app] != moment else { return }
        restarts[app] = moment
        for instance in instances(of: app) { put(instance) }
    }

    /// Whether a new task comes for this one somewhere else: it is not in the way of that, as one of another definition
    /// is not.
    private func isReplaced(_ instance: Instance) -> Bool {
        guard let task = instance.task, instance.reservation == nil else { return false }
        return task.leavesAt != nil || restarts[instance.id.app].map { task.launched < $0 } ?? false
    }

    /// Takes an instance in, new or changed.
    /// - Returns: whether this may change what waits for a place.
    @discardableResult
    mutating func put(_ instance: Instance) -> Bool {
        let id = instance.id
        let key = isReplaced(instance) ? nil : restartDigest(of: instance.digest)
        let old = apps[id.app, default: AppInstances()].put(instance, countedAs: key)
        if old == nil { count += 1 }
        if old?.task?.id != instance.task?.id {
            if let task = old?.task { unlink(task) }
            if let task = instance.task { link(task, to: id) }
        }
        if old?.reservation?.id != instance.reservation?.id
            || old?.reservation?.agent.id != instance.reservation?.agent.id
        {
            if let reservation = old?.reservation { unlink(reservation, from: id) }
            if let reservation = instance.reservation { link(reservation, to: id) }
        }
        return instance.task == nil || old.map { $0.task == nil } ?? false
    }

    /// Lets an instance go.
    mutating func remove(_ id: InstanceID) {
        guard let old = self[id] else { return }
        if let task = old.task { unlink(task) }
        if let reservation = old.reservation { unlink(reservation, from: id) }
        apps[id.app]?.remove(id.number)
        if apps[id.app]?.byNumber.isEmpty == true { apps[id.app] = nil }
        count -= 1
    }

    private mutating func link(_ task: TaskRecord, to id: InstanceID) {
        for member in task.taskIDs { owners[member] = id }
        tasksByAgent[task.agent.id, default: []] += task.taskIDs
    }

    private mutating func unlink(_ task: TaskRecord) {
        for member in task.taskIDs {
            owners[member] = nil
            if let index = tasksByAgent[task.agent.id]?.firstIndex(of: member) {
                tasksByAgent[task.agent.id]?.remove(at: index)
            }
        }
        if tasksByAgent[task.agent.id]?.isEmpty == true { tasksByAgent[task.agent.id] = nil }
    }

    private mutating func link(_ reservation: Reservation, to id: InstanceID) {
        holders[reservation.id] = id
        reservedByAgent[reservation.agent.id, default: []].insert(id)
    }

    private mutating func unlink(_ reservation: Reservation, from id: InstanceID) {
        holders[reservation.id] = nil
        reservedByAgent[reservation.agent.id]?.remove(id)
        if reservedByAgent[reservation.agent.id]?.isEmpty == true { reservedByAgent[reservation.agent.id] = nil }
    }
}

/// One app's instances.
private struct AppInstances: Sendable {
    var numbers = AscendingList<Int>()
    var byNumber: [Int: Instance] = [:]
    /// Those that wait for a place, by spec.
    var pending: [Digest: AscendingList<Int>] = [:]
    /// Those for which something is reserved.
    var reserved = AscendingList<Int>()
    /// Those that are counted, by definition.
    var placed: [Digest: PlacementCounter] = [:]
    /// Under which definition each counted one is counted.
    var counted: [Int: Digest] = [:]

    /// Takes an instance in and says what stood in its place.
    /// - Parameter key: Its definition; `nil` where it is not counted.
    mutating func put(_ instance: Instance, countedAs key: Digest?) -> Instance? {
        let number = instance.id.number
        let old = byNumber.updateValue(instance, forKey: number)
        if instance.reservation != nil { reserved.insert(number) } else { reserved.remove(number) }
        let agent = key == nil ? nil : instance.countedAgent
        if let old, !old.isPending, !instance.isPending, counted[number] == key, agent != nil, old.countedAgent == agent
        {
            return old
        }
        if let old { withdraw(old) } else { numbers.insert(number) }
        if instance.isPending { pending[instance.digest, default: AscendingList()].insert(number) }
        guard let key, let agent else { return old }
        placed[key, default: PlacementCounter()].add(agent)
        counted[number] = key
        return old
    }

    mutating func remove(_ number: Int) {
        guard let old = byNumber.removeValue(forKey: number) else { return }
        numbers.remove(number)
        reserved.remove(number)
        withdraw(old)
    }

    private mutating func withdraw(_ instance: Instance) {
        let number = instance.id.number
        if instance.isPending {
            pending[instance.digest]?.remove(number)
            if pending[instance.digest]?.isEmpty == true { pending[instance.digest] = nil }
        }
        guard let key = counted.removeValue(forKey: number), let agent = instance.countedAgent else { return }
        placed[key]?.remove(agent)
        if placed[key]?.isEmpty == true { placed[key] = nil }
    }
}

extension Instance {
    /// Whether it waits for a place. One for which something is reserved has a place, and waits for that.
    fileprivate var isPending: Bool { goal == .running && task == nil && reservation == nil }
    /// Whether it waits for what is reserved for it, to use it or to give it back.
    fileprivate var isIdle: Bool { task == nil && reservation != nil }
    /// Where constraints count it; `nil` where they do not. One for which something is reserved is there, or will be.
    fileprivate var countedAgent: Agent? {
        guard goal == .running else { return nil }
        if let reservation { return reservation.agent }
        return condition == .unreachable ? nil : task?.agent
    }
}
