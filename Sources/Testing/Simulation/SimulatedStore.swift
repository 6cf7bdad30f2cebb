package import Boundary
package import Domain

/// ZooKeeper's part in the simulated world: the values, the epoch that fences them, and who leads.
package struct SimulatedStore: Sendable {
    /// What stands where.
    package private(set) var values: [StoreKey: StoreValue] = [:]
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
        guard epoch == self.epoch else { return false }
        for (key, value) in batch.writes { values[key] = value }
        commits += 1
        return true
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
        var found: [Instance] = []
        for (key, value) in values {
            guard case .instances(app, _) = key, case .instances(let instances) = value else { continue }
            found += instances
        }
        return found.sorted { $0.id < $1.id }
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
