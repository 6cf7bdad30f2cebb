package import Controller
package import Domain

/// The deployments under way and the last that ended: `{"format_version","deployments":[…]}`.
package struct DeploymentsDocument: Hashable, Sendable, Codable {
    /// One deployment.
    package struct Entry: Hashable, Sendable, Codable {
        /// Its id.
        package var id: String
        /// The source.
        package var source: String
        /// The commit that it applies.
        package var revision: String
        /// The plan's hash.
        package var planHash: String
        /// When it was applied.
        package var started: Timestamp
        /// When the last of its rollouts ended or was superseded; `null` while one is under way.
        @Nullable package var finished: Timestamp?
        /// How many apps it changes.
        package var apps: Int
        /// How many of them have a rollout that belongs to it.
        package var underway: Int

        enum CodingKeys: String, CodingKey {
            case id, source, revision, started, finished, apps, underway
            case planHash = "plan_hash"
        }

        /// A deployment's entry.
        package init(_ record: DeploymentRecord, underway: Int) {
            self.id = record.id.rawValue
            self.source = record.source
            self.revision = record.revision.rawValue
            self.planHash = record.planHash.hex
            self.started = Timestamp(record.started)
            self.finished = record.finished.map(Timestamp.init)
            self.apps = record.apps
            self.underway = underway
        }
    }

    /// The version of this shape.
    package var formatVersion = FormatVersion.current
    /// The deployments, newest first.
    package var deployments: [Entry]

    enum CodingKeys: String, CodingKey {
        case deployments
        case formatVersion = "format_version"
    }

    /// A snapshot's document.
    package init(_ snapshot: Snapshot) {
        var underway: [DeploymentID: Int] = [:]
        for app in snapshot.apps.values {
            if let id = app.record?.rollout?.deployment { underway[id, default: 0] += 1 }
        }
        self.deployments = snapshot.deployments.map { Entry($0, underway: underway[$0.id] ?? 0) }
    }
}

/// One deployment, and the apps whose rollout belongs to it: `{"format_version","deployment":{…},"rollouts":[…]}`.
package struct DeploymentDocument: Hashable, Sendable, Codable {
    /// The version of this shape.
    package var formatVersion = FormatVersion.current
    /// The deployment.
    package var deployment: DeploymentsDocument.Entry
    /// The apps, by id.
    package var rollouts: [RolloutsDocument.Entry]

    enum CodingKeys: String, CodingKey {
        case deployment, rollouts
        case formatVersion = "format_version"
    }

    /// A deployment's document.
    package init(_ record: DeploymentRecord, in snapshot: Snapshot) {
        let apps = snapshot.sortedApps.filter { $0.record?.rollout?.deployment == record.id }
        self.deployment = DeploymentsDocument.Entry(record, underway: apps.count)
        self.rollouts = apps.map { RolloutsDocument.Entry($0, at: snapshot.at) }
    }
}
