import Domain
import Planning

/// What the engine knows of one source.
struct SourceDesk: Sendable {
    /// The source's name.
    let name: String
    /// Where it is mounted.
    let group: GroupID
    /// What is stored of it.
    var record: SourceRecord
    /// What its newest commit declares; `nil` until the first look of this term.
    var desired: DesiredState?
    /// The plan that leads there; `nil` until the first one of this term.
    var plan: Plan? {
        didSet {
            let found = (plan?.objections ?? []).map { ($0.app, $0) }
            objections = Dictionary(found, uniquingKeysWith: { first, _ in first })
        }
    }
    /// What that plan cannot do, by app.
    private(set) var objections: [AppID: Objection] = [:]
    /// Whether something that the plan stands on is another by now: the commit, or who has which of its apps in what
    /// definition. The first plan of a term is always due: the configuration may be another than the last leader's.
    var isOutdated = true
    /// Why it cannot be read.
    var failure: SourceTrouble?
    /// Whether the newest commit does not descend from the applied one.
    var isRewritten = false
    /// How often it was looked at.
    var looks = 0
    /// When it was looked at last.
    var lookedAt: Instant?
    /// Requests that wait for a look, by number.
    var waiting: Set<Int> = []

    init(name: String, group: GroupID, record: SourceRecord) {
        self.name = name
        self.group = group
        self.record = record
    }

    /// The broken file of its newest commit that declares an app.
    func claim(to app: AppID) -> BrokenFile? { desired?.broken.first { $0.claims.contains(app) } }
}

/// A sync that waits until its sources have been looked at.
struct PendingSync: Sendable {
    /// The sources that were not looked at yet.
    var sources: Set<String>
    /// What came of the others.
    var outcomes: [SyncOutcome] = []
}
