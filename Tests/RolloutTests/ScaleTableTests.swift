import Domain
import Planning
import Testing

@testable import Rollout

/// Every phase against what can happen to the number of instances: the phase that follows, and what is ordered.
struct ScaleTableTests {
    enum Place: String, CaseIterable {
        case settled, suspended, pinned, waiting, canary, rolling, paused, rollingBack, aborted, removing
        /// The rollout is that of the override itself.
        case ownWaiting, ownRolling, ownPaused, ownAborted, ownRollingBack
    }

    enum Event: String, CaseIterable {
        /// The order for three instances instead of two, for one, for none, and for two, as the spec says.
        case more, fewer, none, same
        /// Three instances are in force, and that ends: by itself, or by order.
        case ends, resume
    }

    /// The phase after, then the orders: `s` start, `x` stop; `-` where the order is refused.
    ///
    /// In all of them two instances run; where three were in force until now, three do.
    static let table: [Place: [Event: String]] = [
        .settled: [
            .more: "rolling s1", .fewer: "rolling x1", .none: "rolling x2", .same: "settled", .ends: "rolling x1",
            .resume: "rolling x1",
        ],
        // A suspension stops everything, whatever the number is.
        .suspended: [
            .more: "settled x2 -", .fewer: "settled x2 -", .none: "settled x2 -", .same: "settled x2 -",
            .ends: "settled x3", .resume: "rolling x1",
        ],
        .pinned: [
            .more: "rolling s1", .fewer: "rolling x1", .none: "rolling x2", .same: "settled", .ends: "rolling x1",
            .resume: "rolling x1",
        ],
        .waiting: [
            .more: "waiting", .fewer: "waiting", .none: "rolling x2", .same: "waiting", .ends: "waiting",
            .resume: "waiting",
        ],
        // No number lets a canary pass, or the olds go that it is compared with.
        .canary: [
            .more: "canary s1 -", .fewer: "canary s1 -", .none: "canary s1 -", .same: "canary s1 -",
            .ends: "canary s1 x1",
            .resume: "canary s1 x1",
        ],
        .rolling: [
            .more: "rolling s1", .fewer: "rolling x1", .none: "rolling x2", .same: "settled", .ends: "rolling x1",
            .resume: "rolling x1",
        ],
        .paused: [
            .more: "paused -", .fewer: "paused -", .none: "paused -", .same: "paused -", .ends: "paused",
            .resume: "rolling x1",
        ],
        .rollingBack: [
            .more: "rollingBack s1", .fewer: "rollingBack x1", .none: "rollingBack x2", .same: "settled",
            .ends: "rollingBack x1", .resume: "rollingBack x1",
        ],
        .aborted: [
            .more: "aborted -", .fewer: "aborted -", .none: "aborted -", .same: "aborted -", .ends: "aborted",
            .resume: "aborted",
        ],
        .removing: [
            .more: "removing -", .fewer: "removing -", .none: "removing -", .same: "removing -", .ends: "removing",
            .resume: "removing -",
        ],
        // Three are in force in these from the beginning.
        .ownWaiting: [
            .more: "waiting", .fewer: "waiting", .none: "rolling x3", .same: "waiting", .ends: "waiting",
            .resume: "waiting",
        ],
        .ownRolling: [
            .more: "settled", .fewer: "rolling x2", .none: "rolling x3", .same: "rolling x1", .ends: "rolling x1",
            .resume: "rolling x1",
        ],
        .ownPaused: [
            .more: "settled", .fewer: "rolling x2", .none: "rolling x3", .same: "rolling x1", .ends: "rolling x1",
            .resume: "rolling x1",
        ],
        .ownAborted: [
            .more: "settled", .fewer: "rolling x2", .none: "rolling x3", .same: "rolling x1", .ends: "rolling x1",
            .resume: "rolling x1",
        ],
        .ownRollingBack: [
            .more: "settled", .fewer: "rollingBack x2", .none: "rollingBack x3", .same: "rollingBack x1",
            .ends: "rollingBack x1", .resume: "rollingBack x1",
        ],
    ]

    @Test(arguments: Place.allCases, Event.allCases)
    func `every phase has an answer to another number of instances`(place: Place, event: Event) throws {
        let expected = try #require(ScaleTableTests.table[place]?[event], "no cell for \(place) × \(event)")
        var cell = ScaleCell(place, isScaled: [.ends, .resume].contains(event) || place.rawValue.hasPrefix("own"))
        #expect(cell.answer(to: event) == expected)
    }
}

/// One app in one place of the table. It depends on an app that is never healthy.
private struct ScaleCell {
    static let store = spec("/db", instances: 1)
    static let old = spec("/web", cmd: "v0", instances: 2, dependencies: ["/db"])
    static let current = spec("/web", instances: 2, dependencies: ["/db"])
    static let canary = spec(
        "/web",
        instances: 2,
        dependencies: ["/db"],
        rollout: RolloutStrategy(canary: 1, promotion: .manual)
    )

    static let web = ScaleCell.current.id

    static let now = Instant(milliseconds: 5)
    var rollouts: Rollouts

    init(_ place: ScaleTableTests.Place, isScaled: Bool) {
        let runsOld = [.waiting, .canary, .ownWaiting].contains(place)
        let desired = place == .canary ? ScaleCell.canary : ScaleCell.current
        var record = AppRecord(
            id: ScaleCell.current.id,
            source: "shop",
            file: "web.yaml",
            desired: place == .removing ? nil : desired.digest,
            revision: Revision("r1"),
            nextInstance: 5
        )
        let order = Order(who: "anna", why: "", at: ScaleCell.now, until: ScaleCell.now + .seconds(1))
        let (mine, others) = (DeploymentID("d1"), DeploymentID("d2"))
        if isScaled, place != .removing {
            record.scale = ScaleOverride(instances: 3, order: order, deployment: mine)
        }
        record.rollout = ScaleCell.phase(place).map {
            RolloutRecord(
                deployment: place.rawValue.hasPrefix("own") ? mine : others,
                phase: $0,
                reason: "",
                since: ScaleCell.now
            )
        }
        if record.rollout?.phase == .paused { record.rollout?.pausedIn = .rolling }
        if place == .suspended { record.suspension = Order(who: "ben", why: "", at: ScaleCell.now) }
        if place == .pinned {
            record.pin = Pin(digest: desired.digest, order: Order(who: "ben", why: "", at: ScaleCell.now))
        }
        let base = AppRecord(
            id: ScaleCell.store.id,
            source: "shop",
            file: "db.yaml",
            desired: ScaleCell.store.digest,
            revision: Revision("r1")
        )
        let count = isScaled ? 3 : 2
        let goal: Goal = place == .removing ? .stopped : .running
        let members = (1...count).map {
            Instance.make($0, of: runsOld ? ScaleCell.old : ScaleCell.current, goal: goal)
        }
        rollouts = Rollouts(
            records: [record, base],
            specs: [ScaleCell.old, ScaleCell.current, ScaleCell.canary, ScaleCell.store].reduce(into: [:]) {
                $0[$1.digest] = $1
            },
            instances: members
        )
    }

    private static func phase(_ place: ScaleTableTests.Place) -> RolloutRecord.Phase? {
        switch place {
        case .settled, .suspended, .pinned: nil
        case .waiting, .ownWaiting: .waiting
        case .canary: .canary
        case .rolling, .ownRolling: .rolling
        case .paused, .ownPaused: .paused
        case .rollingBack, .ownRollingBack: .rollingBack
        case .aborted, .ownAborted: .aborted
        case .removing: .removing
        }
    }

    /// The event comes before the app is looked at for the first time, and is all that is seen of that look.
    mutating func answer(to event: ScaleTableTests.Event) -> String {
        let isRefused = event != .ends && !order(event).isDone
        let effects = rollouts.handle(.tick, at: event == .ends ? ScaleCell.now + .seconds(1) : ScaleCell.now)
        func count(_ letter: String, _ matches: (RolloutEffect) -> Bool) -> String {
            let count = effects.count(where: matches)
            return count == 0 ? "" : " \(letter)\(count)"
        }
        let orders =
            count("s") { if case .start(let id, _) = $0 { id.app == ScaleCell.web } else { false } }
            + count("x") { if case .stop = $0 { true } else { false } }
        let phase = rollouts.record(of: ScaleCell.web).map { $0.rollout?.phase.rawValue ?? "settled" } ?? "absent"
        return phase + orders + (isRefused ? " -" : "")
    }

    private mutating func order(_ event: ScaleTableTests.Event) -> RolloutAnswer {
        let numbers: [ScaleTableTests.Event: Int] = [.more: 3, .fewer: 1, .none: 0, .same: 2]
        let command = RolloutCommand(
            app: ScaleCell.web,
            verb: event == .resume ? .resume : .scale,
            order: Order(who: "anna", why: "", at: ScaleCell.now),
            instances: numbers[event],
            deployment: DeploymentID("d3")
        )
        return rollouts.obey(command, at: ScaleCell.now)
    }
}
