import Domain
import Glibc
import OrderedCollections
import Scheduling

/// A cluster with room for everything, and apps that all wait: one turn of the scheduler places every task.
///
/// A third of the apps has constraints, of every kind that teams write: a host each, a few per rack, spread over zones,
/// patterns on racks and hosts, a kind of disk.
struct Placement {
    /// What one run measured.
    struct Figure {
        /// The agents that were offered.
        var agents: Int
        /// The tasks that were placed.
        var tasks: Int
        /// CPU time from the offers' arrival to the calls: one thread does it all, and cores are often shared.
        var time: Duration

        /// Tasks placed per second.
        var perSecond: Int { Int(Double(tasks) / (time / .seconds(1))) }
    }

    private let agents: Int
    private let apps: Int
    private let instances: Int
    private let specs: [Spec]
    private let now = Instant(milliseconds: 1_700_000_000_000)

    /// A cluster.
    init(agents: Int, apps: Int, tasks: Int, sha256: SHA256) {
        self.agents = agents
        self.apps = apps
        let instances = tasks / apps
        self.instances = instances
        self.specs = (0..<apps).map { Spec(Placement.app($0, instances: instances), sha256: sha256) }
    }

    /// Places every task, in a machine that was made for it.
    /// - Returns: `nil` where a task found no place: the figure would be one of something else.
    func measure() -> Figure? {
        var scheduler = waiting()
        let offers = (0..<agents).map(offer)
        var launched = 0
        let begin = Placement.cpuTime()
        _ = scheduler.handle(.mesos(.offers(offers)), at: now)
        let effects = scheduler.handle(.tick, at: now)
        let time = Placement.cpuTime() - begin
        for case .afterCommit(.accept(_, let operations, _)) in effects { launched += operations.launches.count }
        guard launched == apps * instances else { return nil }
        return Figure(agents: agents, tasks: launched, time: time)
    }

    private static func cpuTime() -> Duration {
        var time = timespec()
        guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { preconditionFailure("no CPU clock") }
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// A subscribed scheduler in which every instance of every app waits for a place.
    private func waiting() -> Scheduler {
        var scheduler = Scheduler(
            epoch: 1,
            settings: SchedulerSettings(),
            framework: FrameworkID("bench"),
            specs: [:],
            instances: [],
            backoffs: [:],
            now: now
        )
        _ = scheduler.handle(.tick, at: now)
        _ = scheduler.handle(.connection(.opened), at: now)
        _ = scheduler.handle(.mesos(.subscribed(FrameworkID("bench"), heartbeat: .seconds(15))), at: now)
        for spec in specs {
            _ = scheduler.handle(.learn(spec), at: now)
            for number in 1...instances {
                _ = scheduler.handle(.order(.start(InstanceID(app: spec.id, number: number), spec.digest)), at: now)
            }
        }
        _ = scheduler.handle(.tick, at: now)
        return scheduler
    }

    private func offer(_ number: Int) -> Offer {
        let agent = Agent(
            id: AgentID("0a1b2c3d-S\(number)"),
            hostname: "node\(number).example",
            attributes: ["rack": "rack-\(number % 40)", "disk": number % 3 == 0 ? "hdd" : "ssd", "os": "debian"],
            region: "north",
            zone: "zone-\(number % 4)"
        )
        let amounts: [(String, Int64)] = [("cpus", 64_000), ("mem", 256_000_000), ("disk", 1_000_000_000)]
        let scalars = amounts.map { MesosResource(name: $0, value: .scalar($1), allocationRole: "*") }
        let ports = MesosResource(name: "ports", value: .ranges([31000...32000]), allocationRole: "*")
        return Offer(id: OfferID("O\(number)"), agent: agent, resources: scalars + [ports], role: "*")
    }

    private static func app(_ number: Int, instances: Int) -> AppSpec {
        guard let id = AppID("/team\(number % 50)/app\(number)") else { preconditionFailure("a bad id for \(number)") }
        var app = AppSpec(id: id, cmd: "exec ./serve --port $PORT0")
        app.resources = Resources(cpus: Int64(50 + number % 4 * 50), mem: Int64(64_000 + number % 5 * 32_000))
        app.instances = instances
        app.env = ["LEVEL": "info", "TEAM": "team\(number % 50)"]
        app.labels = ["owner": "team\(number % 50)"]
        app.constraints = number % 3 == 0 ? constraints(number / 3, instances: instances) : []
        return app
    }

    private static func constraints(_ number: Int, instances: Int) -> [Constraint] {
        switch number % 7 {
        case 0: [Constraint(field: "hostname", comparison: .unique)]
        case 1: [Constraint(field: "rack", comparison: .maxPer, value: "\(instances / 20 + 1)")]
        case 2: [Constraint(field: "@zone", comparison: .groupBy, value: "4")]
        case 3: [Constraint(field: "rack", comparison: .like, value: "rack-[0-9]*[02468]")]
        case 4:
            [
                Constraint(field: "hostname", comparison: .unlike, value: "node[0-9]*[13]\\.example"),
                Constraint(field: "rack", comparison: .groupBy),
            ]
        case 5: [Constraint(field: "disk", comparison: .isValue, value: "ssd")]
        default: [Constraint(field: "@zone", comparison: .cluster)]
        }
    }
}
