/// Whether what runs is what git says (Argo CD's words and meanings).
package enum SyncStatus: String, Hashable, Sendable, Codable, CaseIterable {
    /// It is.
    case synced = "Synced"
    /// It is not, or not yet.
    case outOfSync = "OutOfSync"
    /// What git says is not known: its file is broken or the source was never read.
    case unknown = "Unknown"
}

/// How an app is (Argo CD's words and meanings).
package enum Health: String, Hashable, Sendable, Codable, CaseIterable {
    /// All wanted instances run and pass their checks.
    case healthy = "Healthy"
    /// It is on its way.
    case progressing = "Progressing"
    /// Instances fail.
    case degraded = "Degraded"
    /// Zero instances are wanted.
    case suspended = "Suspended"
    /// None runs although some are wanted, and nothing is under way.
    case missing = "Missing"
    /// Nobody knows.
    case unknown = "Unknown"
}
