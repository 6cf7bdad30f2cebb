import Domain

/// The bytes whose SHA-256 names a plan: equal exactly when its ground, changes, the digests on both sides and the number of
/// instances that the changes were decided from are equal, and the number that a person put in force, where one did.
struct PlanHash {
    private(set) var bytes: [UInt8] = []

    /// Why a plan does what it does, besides what differs.
    enum Ground: String {
        /// A source's commit; what git has no more is removed.
        case prune
        /// A source's commit; what git has no more is kept.
        case keep
        /// The source is not in the configuration.
        case withoutSource = "without source"
    }

    init(_ ground: Ground, source: String, changes: [Change], actual: ActualState) {
        add("pacer-plan-1")
        add(ground.rawValue)
        add(source)
        for change in changes.sorted(by: { $0.app < $1.app }) {
            let present = actual.apps[change.app]
            add(change.app.path)
            add(change.action.rawValue)
            add(change.desired?.digest.hex ?? "-")
            add(present?.record.desired?.hex ?? "-")
            add(String(present?.instances.count { $0.goal == .running } ?? 0))
            if let scale = present?.record.scale { add("scaled to \(scale.instances)") }
        }
    }

    private mutating func add(_ text: String) {
        bytes.append(contentsOf: "\(text.utf8.count):".utf8)
        bytes.append(contentsOf: text.utf8)
    }
}
