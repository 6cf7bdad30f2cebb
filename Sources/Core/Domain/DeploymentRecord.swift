/// The header of a deployment: one applied plan. The per-app part is in the apps' records.
package struct DeploymentRecord: Hashable, Sendable, Codable {
    /// Its id: the source's name and a counter.
    package var id: DeploymentID
    /// The source.
    package var source: String
    /// The commit it applies.
    package var revision: Revision
    /// The plan's hash.
    package var planHash: Digest
    /// When it was applied.
    package var started: Instant
    /// When the last of its rollouts ended (or was superseded).
    package var finished: Instant?
    /// How many apps it changes.
    package var apps: Int

    /// A header.
    package init(
        id: DeploymentID,
        source: String,
        revision: Revision,
        planHash: Digest,
        started: Instant,
        apps: Int
    ) {
        self.id = id
        self.source = source
        self.revision = revision
        self.planHash = planHash
        self.started = started
        self.apps = apps
    }
}
