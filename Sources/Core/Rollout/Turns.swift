package import Domain

/// Who has the turns that others wait for: the apps and instances that are on their way, where the policy limits their
/// numbers.
package struct Turns: Hashable, Sendable {
    /// What is limited.
    package enum Kind: Hashable, Sendable {
        /// How many apps are rolled out at the same time: ``RolloutPolicy/maxConcurrentApps``.
        case apps
        /// How many of their instances are on their way to healthy: ``RolloutPolicy/maxConcurrentTasks``.
        case tasks
    }

    /// How many instances of one app are on their way to healthy.
    package struct Share: Hashable, Sendable {
        /// The app.
        package var app: AppID
        /// How many.
        package var tasks: Int

        /// An app's share.
        package init(app: AppID, tasks: Int) {
            self.app = app
            self.tasks = tasks
        }
    }

    /// How many apps may be rolled out at the same time; `nil` for any number.
    package var mostApps: Int?
    /// Those that are, by id; none where there is no limit.
    package var apps: [AppID]
    /// How many instances may be on their way to healthy; `nil` for any number.
    package var mostTasks: Int?
    /// Those that are, by app; none where there is no limit.
    package var tasks: [Share]

    /// Turns; nothing is limited where nothing else is said.
    package init(mostApps: Int? = nil, apps: [AppID] = [], mostTasks: Int? = nil, tasks: [Share] = []) {
        self.mostApps = mostApps
        self.apps = apps
        self.mostTasks = mostTasks
        self.tasks = tasks
    }
}

extension Rollouts {
    /// Who has the turns just now.
    package var turns: Turns {
        budget.turns(mostApps: policy.maxConcurrentApps, mostTasks: policy.maxConcurrentTasks)
    }

    /// Which turn an app waits for since it was looked at last; `nil` where it waits for none.
    package func awaitedTurn(of id: AppID) -> Turns.Kind? { budget.awaited(by: id) }
}
