import Domain

/// The deployments: which apps are still on their way in each, and the headers of the last ones.
struct DeploymentBook: Sendable {
    /// How many ended deployments are kept.
    static let kept = 50

    private(set) var records: [DeploymentID: DeploymentRecord]
    private var underway: [DeploymentID: Set<AppID>] = [:]
    private var deploymentOf: [AppID: DeploymentID] = [:]
    private var unwritten: Set<DeploymentID> = []
    private let epoch: Int64
    private var counter = 0

    /// The deployments as the store has them.
    init(_ records: [DeploymentID: DeploymentRecord], epoch: Int64) {
        self.records = records
        self.epoch = epoch
    }

    /// All of them, newest first.
    var newestFirst: [DeploymentRecord] {
        records.values.sorted { ($0.started, $0.id) > ($1.started, $1.id) }
    }

    /// The id that the next deployment of a source gets.
    func next(source: String) -> DeploymentID { DeploymentID("\(source)-\(epoch)-\(counter + 1)") }

    /// Opens a deployment. Its id is unique for ever: the source, the leader's epoch and a counter.
    mutating func open(
        source: String,
        revision: Revision,
        planHash: Digest,
        apps: Int,
        at now: Instant
    ) -> DeploymentID {
        let id = next(source: source)
        counter += 1
        records[id] = DeploymentRecord(
            id: id,
            source: source,
            revision: revision,
            planHash: planHash,
            started: now,
            apps: apps
        )
        unwritten.insert(id)
        return id
    }

    /// Learns from an app's record which deployment it is on its way in, if any.
    mutating func follow(_ app: AppID, _ record: AppRecord?) {
        let deployment = record?.rollout?.deployment
        guard deploymentOf[app] != deployment else { return }
        if let record, let rollout = record.rollout { adopt(rollout, of: record) }
        if let before = deploymentOf[app] { underway[before]?.remove(app) }
        if let deployment { underway[deployment, default: []].insert(app) }
        deploymentOf[app] = deployment
    }

    /// A rollout that nobody opened a deployment for, since it began by itself at a suspension's end, is one of its own. Those
    /// of several apps that one order has suspended have one together, which may have ended for the first of them.
    private mutating func adopt(_ rollout: RolloutRecord, of record: AppRecord) {
        guard records[rollout.deployment] == nil else {
            guard records[rollout.deployment]?.finished != nil else { return }
            records[rollout.deployment]?.finished = nil
            unwritten.insert(rollout.deployment)
            return
        }
        records[rollout.deployment] = DeploymentRecord(
            id: rollout.deployment,
            source: record.source,
            revision: record.revision,
            planHash: record.desired ?? Digest(bytes: []),
            started: rollout.since,
            apps: 1
        )
        unwritten.insert(rollout.deployment)
    }

    /// Ends the deployments that no app is on its way in any more, and forgets the oldest.
    /// - Returns: the headers to write, and those to remove.
    mutating func settle(at now: Instant) -> (changed: [DeploymentRecord], dropped: [DeploymentID]) {
        for id in records.keys where records[id]?.finished == nil && (underway[id] ?? []).isEmpty {
            records[id]?.finished = now
            underway[id] = nil
            unwritten.insert(id)
        }
        let changed = unwritten.sorted().compactMap { records[$0] }
        unwritten = []
        let ended = records.values.filter { $0.finished != nil }.sorted { ($0.started, $0.id) > ($1.started, $1.id) }
        let dropped = ended.dropFirst(DeploymentBook.kept).map(\.id)
        for id in dropped { records[id] = nil }
        return (changed.filter { !dropped.contains($0.id) }, dropped)
    }
}
