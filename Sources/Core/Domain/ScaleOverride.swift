/// Has an app run another number of instances than its spec says, until it expires or somebody says `resume`. The spec
/// stays what it is: nothing restarts for it.
package struct ScaleOverride: Hashable, Sendable, Codable {
    /// How many instances shall run.
    package var instances: Int
    /// Who wants that.
    package var order: Order
    /// The deployment whose rollout leads to it; where another rollout was under way already, one that never was.
    package var deployment: DeploymentID

    /// The most instances that an order may ask for: a slip of the finger must not fill a cluster.
    package static let most = 10_000

    /// An override.
    package init(instances: Int, order: Order, deployment: DeploymentID) {
        self.instances = instances
        self.order = order
        self.deployment = deployment
    }
}

extension AppRecord {
    /// The app's spec as it is in force: with as many instances as an override says, where there is one. Its digests stay
    /// those of the spec, so it is the same spec to everything that compares.
    package func inForce(_ spec: Spec) -> Spec {
        guard let scale, desired != nil else { return spec }
        return spec.scaled(to: scale.instances)
    }
}
