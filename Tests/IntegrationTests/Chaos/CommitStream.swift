/// Commits at random that replace, scale, add and remove apps, the same ones for the same seed.
struct CommitStream {
    /// An app as a commit has it.
    struct App: Equatable {
        /// Tells its versions apart; no two apps ever have the same.
        var version: Int
        var instances: Int
    }

    /// One change of one app.
    struct Commit {
        var name: String
        /// What the app is from now on; `nil` where it is removed.
        var app: App?
        var title: String
    }

    /// Every upgrade strategy by the name of the app that has it: from one that replaces by halves to one that never has
    /// fewer, and one that may stop all at once.
    static let strategies: [(name: String, health: Double, over: Double)] = [
        ("calm", 0.75, 0.25), ("double", 1, 1), ("half", 0.5, 0.5), ("loose", 0, 0), ("strict", 1, 0),
    ]

    var random: SeededRandom
    /// The apps of the last commit.
    private(set) var apps: [String: App] = [:]
    /// How often a task of each version may be launched at the most: for each instance once, as long as none fails.
    private(set) var launchesAllowed: [String: Int] = [:]
    private var versions = 0

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    /// The bounds of an app of a name; `nil` for one that is not there.
    static func bounds(of name: String, _ app: App?) -> Bounds {
        guard let app, let strategy = strategies.first(where: { $0.name == name }) else { return .none }
        return Bounds(of: app.instances, health: strategy.health, over: strategy.over)
    }

    /// An app's file.
    static func file(of name: String, _ app: App) -> String {
        let strategy = strategies.first { $0.name == name }
        return Apps.sleeper(
            instances: app.instances,
            version: "\(app.version)",
            cpus: "0.05",
            health: strategy?.health ?? 1,
            over: strategy?.over ?? 1,
            more: "labels: { version: \"\(app.version)\" }"
        )
    }

    /// The next commit.
    mutating func next() -> Commit {
        let name = CommitStream.strategies[random.below(CommitStream.strategies.count)].name
        guard let app = apps[name] else { return change(name, to: fresh(), "add") }
        switch random.below(10) {
        case 0..<5: return change(name, to: fresh(instances: app.instances), "replace")
        case 5..<8:
            let instances = (app.instances + random.below(4)) % 5 + 1
            return change(name, to: App(version: app.version, instances: instances), "scale")
        default:
            guard apps.count > 2 else { return change(name, to: fresh(), "replace and scale") }
            return change(name, to: nil, "remove")
        }
    }

    private mutating func fresh(instances: Int? = nil) -> App {
        versions += 1
        return App(version: versions, instances: instances ?? random.below(5) + 1)
    }

    private mutating func change(_ name: String, to app: App?, _ what: String) -> Commit {
        let before = apps[name]
        apps[name] = app
        if let app {
            let kept = before?.version == app.version ? before?.instances ?? 0 : 0
            launchesAllowed["\(app.version)", default: 0] += max(0, app.instances - kept)
        }
        let size = app.map { ": version \($0.version), \($0.instances) instances" } ?? ""
        return Commit(name: name, app: app, title: "\(what) \(name)\(size)")
    }
}

/// Numbers that look random and are the same for the same seed: SplitMix64.
struct SeededRandom {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to a limit, which it does not reach.
    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
}
