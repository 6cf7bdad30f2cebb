import Domain

/// How the apps of each deployment have fared: the brake of one deployment.
///
/// What succeeded is not kept in the store: after a change of leader a wide deployment is braked a little earlier.
struct Outcomes: Sendable {
    private struct Count {
        var failed: Set<AppID> = []
        var succeeded: Set<AppID> = []
    }

    private var counts: [DeploymentID: Count] = [:]

    /// What the store's records still show.
    mutating func restore(_ record: AppRecord) {
        if let held = record.heldBack { failed(record.id, in: held.deployment) }
        if let rollout = record.rollout, rollout.phase == .paused, rollout.lastFailure != nil, rollout.order == nil {
            failed(record.id, in: rollout.deployment)
        }
    }

    mutating func succeeded(_ app: AppID, in deployment: DeploymentID) {
        counts[deployment, default: Count()].succeeded.insert(app)
    }

    mutating func failed(_ app: AppID, in deployment: DeploymentID) {
        counts[deployment, default: Count()].failed.insert(app)
    }

    /// Apps that failed in the deployment, if they are too many beside those that succeeded.
    /// - Parameter underway: how many apps are still on their way in it.
    func alarming(_ deployment: DeploymentID, underway: Int, _ brake: RolloutPolicy.Brake) -> [AppID]? {
        guard let count = counts[deployment], count.failed.count >= brake.failedApps else { return nil }
        guard count.failed.count > count.succeeded.count else { return nil }
        guard count.failed.union(count.succeeded).count + underway >= brake.wideDeployment else { return nil }
        return count.failed.sorted()
    }

    /// Forgets the deployments that no app is on its way in any more: nothing is left of them to brake.
    mutating func keep(_ underway: Set<DeploymentID>) { counts = counts.filter { underway.contains($0.key) } }

    /// The deployments that something is remembered of.
    var deployments: Set<DeploymentID> { Set(counts.keys) }
}
