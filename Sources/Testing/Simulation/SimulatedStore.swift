package import Boundary
package import Domain

/// ZooKeeper's part in the simulated world: the values, the epoch that fences them, and who leads.
package struct SimulatedStore: Sendable {
    /// What stands where.
    package private(set) var values: [StoreKey: StoreValue] = [:]
    /// The recorded instances, by app and chunk.
    private var chunks: [AppID: [Int: [Instance]]] = [:]
    /// Which instance a task is recorded for.
    private var owners: [TaskID: InstanceID] = [:]
    /// Which instance something is reserved for.
    private var holders: [ReservationID: InstanceID] = [:]
    /// The present term.
    package private(set) var epoch: Int64 = 0
    /// The process that leads, by number; its session may be over without it knowing.
    package private(set) var leader: Int?
    /// Processes that stand for election, in order.
    package private(set) var candidates: [Int] = []
    /// Commits that were applied.
    package private(set) var commits = 0

    /// An empty store.
    package init() {}

    /// A process stands for election.
    package mutating func stand(_ process: Int) {
        guard leader != process, !candidates.contains(process) else { return }
        candidates.append(process)
    }

    /// A process's session is over.
    package mutating func expire(_ process: Int) {
        candidates.removeAll { $0 == process }
        if leader == process { leader = nil }
    }

    /// Elects the next candidate where nobody leads.
    /// - Returns: the process and its epoch.
    package mutating func elect() -> (process: Int, epoch: Int64)? {
        guard leader == nil, let first = candidates.first else { return nil }
        candidates.removeFirst()
        leader = first
        epoch += 1
        return (first, epoch)
    }

    /// Applies a batch if its epoch is the present one.
    package mutating func apply(_ batch: WriteBatch, epoch: Int64) -> Bool {
        apply(batch.groups.flatMap(\.self), epoch: epoch, isLast: true)
    }

    /// Applies steps of a batch if its epoch is the present one. With the last of them the batch is committed.
    mutating func apply(_ steps: [WriteStep], epoch: Int64, isLast: Bool) -> Bool {
        guard epoch == self.epoch else { return false }
        for case .write(let key, let value) in steps {
            values[key] = value
            guard case .instances(let app, let chunk) = key else { continue }
            guard case .instances(let instances)? = value else {
                index(app, chunk, nil)
                continue
            }
            index(app, chunk, instances)
        }
        if isLast { commits += 1 }
        return true
    }

    private mutating func index(_ app: AppID, _ chunk: Int, _ instances: [Instance]?) {
        for instance in chunks[app]?[chunk] ?? [] {
            if let reservation = instance.reservation?.id { holders[reservation] = nil }
            for task in instance.task?.taskIDs ?? [] { owners[task] = nil }
        }
        for instance in instances ?? [] {
            if let reservation = instance.reservation?.id { holders[reservation] = instance.id }
            for task in instance.task?.taskIDs ?? [] { owners[task] = instance.id }
        }
        chunks[app, default: [:]][chunk] = instances
        if chunks[app]?.isEmpty == true { chunks[app] = nil }
    }

    /// The instance that a task is recorded for.
    package func owner(of task: TaskID) -> InstanceID? { owners[task] }

    /// The instance for which this is recorded as reserved.
    package func holder(of reservation: ReservationID) -> Instance? {
        holders[reservation].flatMap(instance)
    }

    /// What is recorded of an instance.
    package func instance(_ id: InstanceID) -> Instance? {
        chunks[id.app]?.values.lazy.flatMap(\.self).first { $0.id == id }
    }

    /// Everything, as a new leader reads it.
    package var image: StoreImage {
        var image = StoreImage()
        for (key, value) in values {
            switch value {
            case .framework(let framework): image.framework = framework
            case .spec(let spec): image.specs[spec.digest] = spec
            case .app(let record): image.apps[record.id] = record
            case .instances(let instances): for instance in instances { image.instances[instance.id] = instance }
            case .source(let record): image.sources[record.name] = record
            case .deployment(let record): image.deployments[record.id] = record
            case .drift(let episodes):
                if case .drift(let number) = key { image.drift[number] = episodes }
            }
        }
        return image
    }

    /// The recorded instances of an app, by number.
    package func instances(of app: AppID) -> [Instance] {
        (chunks[app] ?? [:]).values.flatMap(\.self).sorted { $0.id < $1.id }
    }

    /// Every app's record, sorted by id.
    package var records: [AppRecord] { apps.compactMap { record(of: $0) } }

    /// What is kept of a source.
    package func source(_ name: String) -> SourceRecord? {
        guard case .source(let record) = values[.source(name)] else { return nil }
        return record
    }

    /// The deployments' headers, sorted by id.
    package var deployments: [DeploymentRecord] {
        var found: [DeploymentRecord] = []
        for case .deployment(let record) in values.values { found.append(record) }
        return found.sorted { $0.id < $1.id }
    }

    /// A deployment's header.
    func deployment(_ id: DeploymentID) -> DeploymentRecord? {
        guard case .deployment(let record) = values[.deployment(id)] else { return nil }
        return record
    }

    /// An app's record.
    package func record(of app: AppID) -> AppRecord? {
        guard case .app(let record) = values[.app(app)] else { return nil }
        return record
    }

    /// A spec.
    package func spec(_ digest: Digest?) -> Spec? {
        guard let digest, case .spec(let spec) = values[.spec(digest)] else { return nil }
        return spec
    }

    /// Every app that has a record or an instance.
    package var apps: [AppID] {
        var found: Set<AppID> = []
        for key in values.keys {
            switch key {
            case .app(let app), .instances(let app, _): found.insert(app)
            default: break
            }
        }
        return found.sorted()
    }
}
