/// Everything that the store holds, as a new leader reads it.
package struct StoreImage: Sendable {
    /// The framework's id; `nil` where the store was read whole and has none.
    package var framework: FrameworkID?
    /// The sources, by name.
    package var sources: [String: SourceRecord]
    /// The specs, by digest.
    package var specs: [Digest: Spec]
    /// The apps.
    package var apps: [AppID: AppRecord]
    /// The instances.
    package var instances: [InstanceID: Instance]
    /// The deployments' headers.
    package var deployments: [DeploymentID: DeploymentRecord]
    /// The drift ledger's segments of ended episodes from 1 up, and the parts of the open ones from -1 down.
    package var drift: [Int: [DriftEpisode]]

    /// An empty store.
    package init() {
        self.sources = [:]
        self.specs = [:]
        self.apps = [:]
        self.instances = [:]
        self.deployments = [:]
        self.drift = [:]
    }
}
