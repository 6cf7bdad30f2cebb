package import Controller
import Rollout

extension Configuration {
    /// What the controller's loop is told of it.
    package var settings: ControllerSettings {
        var settings = ControllerSettings(
            name: name,
            environment: environment,
            sources: sources.map { ControllerSettings.Source(name: $0.name, group: $0.group, poll: $0.poll) },
            sync: ControllerSettings.Sync(auto: sync.auto, selfHeal: sync.selfHeal, prune: sync.prune)
        )
        settings.rollouts.maxConcurrentApps = rollouts.maxConcurrentApps
        settings.rollouts.maxConcurrentTasks = rollouts.maxConcurrentTasks
        settings.rollouts.brake = rollouts.brake
        return settings
    }
}
