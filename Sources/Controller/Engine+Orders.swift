import Boundary
import Domain
import Rollout

extension Engine {
    /// Hands a person's order to the rollouts, app by app, and replies with what came of each.
    mutating func carryOut(_ order: RolloutOrder, number: Int, at now: Instant) {
        let apps = apps(of: order)
        guard !apps.isEmpty else {
            let left = order.target.deployment.map { rolledBack(from: $0) } ?? ""
            return reply(
                .refused("no app is on its way in this deployment, and none is on what it brought\(left)"),
                to: number
            )
        }
        let command = Order(who: order.who, why: order.why, at: now, until: order.duration.map { now + $0 })
        var answers: [RolloutAnswer] = []
        for app in apps {
            let deployment = deployments.next(source: rollouts.record(of: app)?.source ?? "order")
            let answer = rollouts.obey(
                RolloutCommand(
                    app: app,
                    verb: order.verb,
                    order: command,
                    to: order.to,
                    instances: order.instances,
                    deployment: deployment,
                    about: order.target.deployment
                ),
                at: now
            )
            answers.append(answer)
            stale.insert(app)
            open(deployment, for: app, at: now)
        }
        reply(.ordered(answers), to: number)
    }

    /// The first few of the apps that were rolled back from a deployment, for whoever looks for them there.
    private func rolledBack(from id: DeploymentID) -> String {
        let apps = rollouts.records.filter { $0.heldBack?.deployment == id }.map(\.id.path)
        guard let first = apps.first else { return "" }
        let more = apps.count > 1 ? " and \(apps.count - 1) more" : ""
        return "; rolled back from it: \(first)\(more); try again what it brought with: pacer deployment retry \(id)"
    }

    /// A rollout that began by an order is a deployment of its own.
    private mutating func open(_ deployment: DeploymentID, for app: AppID, at now: Instant) {
        guard let record = rollouts.record(of: app), record.rollout?.deployment == deployment else { return }
        _ = deployments.open(
            source: record.source,
            revision: record.revision,
            planHash: record.desired ?? Digest(bytes: []),
            apps: 1,
            at: now
        )
    }

    /// The apps that are on their way in a deployment, and those that it has brought where they are. What was rolled back
    /// from it has left it again, and is meant where it is tried once more, or while it is on its way back.
    private func apps(of order: RolloutOrder) -> [AppID] {
        switch order.target {
        case .apps(let apps): return apps
        case .deployment(let id):
            let deployment = deployments.records[id]
            return rollouts.records.filter { record in
                if record.heldBack?.deployment == id, order.concernsRolledBack(record) { return true }
                if let rollout = record.rollout { return rollout.deployment == id }
                guard let deployment else { return false }
                return record.source == deployment.source && record.revision == deployment.revision
            }.map(\.id)
        }
    }
}

extension RolloutOrder {
    /// Whether an order about a deployment is about an app that was rolled back from it.
    fileprivate func concernsRolledBack(_ record: AppRecord) -> Bool {
        switch verb {
        case .retry, .resume: true
        case .pause, .abort: record.rollout != nil
        case .rollback, .restart, .promote, .suspend, .scale: false
        }
    }
}
