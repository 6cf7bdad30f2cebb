/// What Pacer keeps about one source: a repository, a branch and a path, mounted at a group.
package struct SourceRecord: Hashable, Sendable, Codable {
    /// The source's name in the configuration.
    package var name: String
    /// The commit that was applied last.
    package var applied: Revision?
    /// The tree of that commit below the source's path.
    package var tree: String?
    /// When it was applied.
    package var at: Instant?
    /// The newest commit seen, also when it could not be applied.
    package var seen: Revision?
    /// The problems of the newest commit seen, errors first: as many as fit into the record.
    package private(set) var problems: [Problem]
    /// How many more there are; absent where all fit.
    package private(set) var moreProblems: Int?
    /// A plan that waits for a person: its hash and why (prune budget, rewritten branch, removed source).
    package var held: HeldPlan?

    /// A source of which nothing is known yet.
    package init(name: String) {
        self.name = name
        self.problems = []
    }

    /// Bytes of problems that a record keeps. A commit can bring any number of them, and a znode is small.
    package static let problemBytes = 48 * 1024

    /// Notes what is wrong with the newest commit.
    package mutating func note(_ found: [Problem]) {
        let sorted = found.sorted()
        let ordered = sorted.filter { $0.severity == .error } + sorted.filter { $0.severity == .warning }
        var room = SourceRecord.problemBytes
        let kept = ordered.prefix { problem in
            room -= problem.weight
            return room >= 0
        }
        problems = Array(kept)
        moreProblems = kept.count < ordered.count ? ordered.count - kept.count : nil
    }
}

/// A plan that is not applied before a person confirms exactly it.
package struct HeldPlan: Hashable, Sendable, Codable {
    /// The plan's hash.
    package var planHash: Digest
    /// The commit it would apply; where it removes a source, the commit that was applied last.
    package var revision: Revision
    /// Why it is held, as a sentence, with the command that lets it go.
    package var reason: String
    /// Whether it removes the apps of a source that is not in the configuration; absent where it applies a commit.
    package var removesSource: Bool?

    /// A held plan.
    package init(planHash: Digest, revision: Revision, reason: String, removesSource: Bool? = nil) {
        self.planHash = planHash
        self.revision = revision
        self.reason = reason
        self.removesSource = removesSource
    }
}
