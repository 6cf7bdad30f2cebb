import Domain

/// Which znodes there are: how a writer that is alone knows whether to create or to set, without asking. Read once when
/// the term begins, then kept by what the term itself writes.
struct Catalogue: Hashable, Sendable {
    /// Whether the framework's id stands there.
    var hasFramework = false
    /// The buckets below specs, apps and instances, by path.
    var buckets: Set<String> = []
    /// The specs, with the number of their chunks; 0 for a spec in one znode.
    var specs: [Digest: Int] = [:]
    /// The apps with a record.
    var apps: Set<AppID> = []
    /// The apps with a parent for instance records, and which records stand below it.
    var instances: [AppID: Set<Int>] = [:]
    /// The sources, by name.
    var sources: Set<String> = []
    /// The deployments.
    var deployments: Set<DeploymentID> = []
    /// The drift ledger's segments.
    var drift: Set<Int> = []
    /// The journal's segments.
    var journal = JournalIndex()
}

/// The journal's segments, oldest first, and what they take.
struct JournalIndex: Hashable, Sendable {
    /// One segment.
    struct Segment: Hashable, Sendable {
        let number: Int
        let bytes: Int
    }

    private(set) var segments: [Segment] = []
    private(set) var bytes = 0
    /// The number of the next segment; never one that was given before.
    private(set) var next = 1

    /// Adds a segment behind all others.
    /// - Precondition: numbers grow.
    mutating func append(_ segment: Segment) {
        precondition(segment.number >= next, "journal segment \(segment.number) comes after \(next - 1)")
        segments.append(segment)
        bytes += segment.bytes
        next = segment.number + 1
    }

    /// Drops and returns the oldest segments until the rest keeps within the limits.
    mutating func trim(to limits: StoreLimits) -> [Segment] {
        var excess = 0
        while segments.count - excess > limits.journalSegments || bytes > limits.journalBytes {
            // The newest stays, whatever its size.
            guard excess < segments.count - 1 else { break }
            bytes -= segments[excess].bytes
            excess += 1
        }
        defer { segments.removeFirst(excess) }
        return Array(segments.prefix(excess))
    }
}
