import Domain
import OrderedCollections
import Testing

@testable import Scheduling

/// Reserved and unreserved resources, GPUs, and ports that stand in several resources.
@Suite struct RoleTests {
    static func reserved(_ name: String, _ value: MesosResource.Value, for role: String = "web") -> MesosResource {
        ResourceTests.reserved(name, value, role: role)
    }

    static func open(_ name: String, _ value: MesosResource.Value) -> MesosResource {
        MesosResource(name: name, value: value, allocationRole: "web")
    }

    /// One reserved and one unreserved CPU, memory and a port of each kind.
    static let mixed = [
        open("cpus", .scalar(1000)), reserved("cpus", .scalar(1000)), open("mem", .scalar(500_000)),
        reserved("mem", .scalar(500_000)), open("ports", .ranges([31000...31000])),
        reserved("ports", .ranges([80...80])),
    ]

    static func harness(_ spec: Spec, role: String = "web") -> Harness {
        var harness = Harness([spec], settings: SchedulerSettings(role: role))
        harness.subscribe()
        return harness
    }

    static func offer(_ harness: inout Harness, _ resources: [MesosResource], role: String = "web") -> [SchedulerEffect]
    {
        harness.handle(
            .mesos(.offers([Offer(id: OfferID("R1"), agent: makeAgent(1), resources: resources, role: role)]))
        )
        return harness.tick()
    }

    struct Row: CustomTestStringConvertible {
        var roles: [String]?
        var cpus: Int64
        /// The CPUs used: reserved, unreserved; `nil` where it cannot be placed.
        var used: [Int64]?
        var testDescription: String { "\(roles ?? ["any"]) \(cpus)" }
    }

    static let rows = [
        Row(roles: nil, cpus: 800, used: [800, 0]), Row(roles: nil, cpus: 1500, used: [1000, 500]),
        Row(roles: nil, cpus: 2000, used: [1000, 1000]), Row(roles: nil, cpus: 2001, used: nil),
        Row(roles: ["*", "web"], cpus: 1500, used: [1000, 500]), Row(roles: ["*"], cpus: 800, used: [0, 800]),
        Row(roles: ["*"], cpus: 1001, used: nil), Row(roles: ["web"], cpus: 1000, used: [1000, 0]),
        Row(roles: ["web"], cpus: 1001, used: nil), Row(roles: ["slave_public"], cpus: 100, used: nil),
        Row(roles: [], cpus: 100, used: nil),
    ]

    @Test(arguments: rows)
    func `reserved resources go first, and only accepted ones are used`(row: Row) {
        let spec = makeSpec("/a") {
            $0.acceptedResourceRoles = row.roles
            $0.resources = Resources(cpus: row.cpus, mem: 100_000)
        }
        var harness = RoleTests.harness(spec)
        harness.start(spec)
        let task = RoleTests.offer(&harness, RoleTests.mixed).launches.first
        #expect((task == nil) == (row.used == nil))
        guard let used = row.used, let task else { return }
        let cpus = task.resources.filter { $0.name == "cpus" }
        let amount = { (isReserved: Bool) in
            ResourceTests.total(cpus.filter { $0.reservations.isEmpty != isReserved }).amounts["cpus"] ?? 0
        }
        #expect([amount(true), amount(false)] == used)
    }

    @Test func `what is left after some tasks is counted for each kind`() {
        let spec = makeSpec("/a") {
            $0.acceptedResourceRoles = ["*"]
            $0.resources = Resources(cpus: 400, mem: 1000)
        }
        let other = makeSpec("/b") {
            $0.acceptedResourceRoles = ["web"]
            $0.resources = Resources(cpus: 400, mem: 1000)
        }
        var harness = Harness([spec, other], settings: SchedulerSettings(role: "web"))
        harness.subscribe()
        harness.start(spec, 1...5)
        harness.start(other, 1...5)
        let effects = RoleTests.offer(&harness, RoleTests.mixed)
        #expect(effects.launches.count == 4)
        for name in ["/a", "/b"] {
            let report = harness.scheduler.refusals[app(name)]
            #expect(report?.reasons == [.resource("cpus"): 1])
            #expect(report?.best.cpus == 200)
        }
    }

    @Test func `a role that nothing is offered for is the reason, and no amount is`() {
        let spec = makeSpec("/a") { $0.acceptedResourceRoles = ["slave_public"] }
        var harness = RoleTests.harness(spec)
        harness.start(spec)
        _ = RoleTests.offer(&harness, RoleTests.mixed)
        #expect(harness.scheduler.refusals[spec.id]?.reasons == [.role: 1])
    }

    @Test func `ports come from the accepted resources only, across their ranges`() {
        let offered: [MesosResource] = [
            RoleTests.open("ports", .ranges([31000...31001, 31005...31005])),
            RoleTests.reserved("ports", .ranges([80...80, 443...443])),
        ]
        func ports(_ roles: [String]?, _ wanted: [Int], requires: Bool) -> [Int]? {
            let spec = makeSpec("/a") {
                $0.acceptedResourceRoles = roles
                $0.requirePorts = requires
                $0.portDefinitions = wanted.map { PortDefinition(port: $0) }
                $0.resources = Resources(cpus: 100, mem: 1000)
            }
            var harness = RoleTests.harness(spec)
            harness.start(spec)
            let amounts = [
                RoleTests.open("cpus", .scalar(100)), RoleTests.open("mem", .scalar(1000)),
                RoleTests.reserved("cpus", .scalar(100)), RoleTests.reserved("mem", .scalar(1000)),
            ]
            _ = RoleTests.offer(&harness, amounts + offered)
            return harness.scheduler.instance(makeInstance(spec, 1))?.task?.ports
        }
        #expect(ports(nil, [80, 31005], requires: true) == [80, 31005])
        #expect(ports(["*"], [80, 31005], requires: true) == nil)
        #expect(ports(["*"], [0, 0, 0], requires: false).map { Set($0) } == [31000, 31001, 31005])
        #expect(ports(["*"], [0, 0, 0, 0], requires: false) == nil)
        #expect(ports(["web"], [443, 80], requires: true) == [443, 80])
        #expect(ports(nil, [0, 0, 0, 0, 0], requires: false).map { Set($0) } == [80, 443, 31000, 31001, 31005])
        #expect(ports(nil, [8080, 0], requires: false)?.contains(8080) == false)
    }

    @Test func `what is reserved for a role above ours is ours to use`() {
        let pool = ResourcePool(
            [
                RoleTests.reserved("cpus", .scalar(100), for: "eng"),
                RoleTests.reserved("cpus", .scalar(10), for: "engine"),
                RoleTests.reserved("cpus", .scalar(1), for: "eng/web/x"),
            ],
            role: "eng/web"
        )
        #expect(pool.free.cpus == 100)
    }

    @Test func `offers of one agent for two roles are accepted apart, each for the apps of its role`() {
        let specs = ["/a", "/b"].map { path in
            makeSpec(path) {
                $0.resources = Resources(cpus: 1000, mem: 1000)
                $0.role = path == "/b" ? "other" : nil
            }
        }
        var harness = Harness(specs)
        harness.subscribe()
        for spec in specs { harness.start(spec, 1...5) }
        harness.handle(
            .mesos(
                .offers([
                    Offer(id: OfferID("A"), agent: makeAgent(1), resources: plain(), role: "*"),
                    Offer(id: OfferID("B"), agent: makeAgent(1), resources: plain(), role: "other"),
                ])
            )
        )
        let accepted = harness.tick().gated.compactMap { call -> String? in
            guard case .accept(let ids, let operations, _) = call else { return nil }
            let tasks = operations.launches
            return "\(ids.map(\.rawValue)) \(Set(tasks.map(\.name))) \(tasks.count)"
        }
        #expect(accepted == ["[\"A\"] [\"a\"] 4", "[\"B\"] [\"b\"] 4"])
    }

    // MARK: - GPUs

    struct GPURow: CustomTestStringConvertible {
        var asked: Int64
        var label: String?
        var spares = true
        var offered: Int64
        var reasons: [Refusal: Int]?
        var testDescription: String { "asks \(asked), offered \(offered), \(label ?? "-"), spares \(spares)" }
    }

    static let gpuRows = [
        GPURow(asked: 0, offered: 0), GPURow(asked: 0, offered: 2000, reasons: [.sparedGPUs: 1]),
        GPURow(asked: 1000, offered: 2000), GPURow(asked: 3000, offered: 2000, reasons: [.resource("gpus"): 1]),
        GPURow(asked: 1000, offered: 0, reasons: [.resource("gpus"): 1]),
        GPURow(asked: 0, label: "unrestricted", offered: 2000), GPURow(asked: 0, spares: false, offered: 2000),
        GPURow(asked: 0, label: "restricted", spares: false, offered: 2000, reasons: [.sparedGPUs: 1]),
        GPURow(asked: 0, label: "nonsense", offered: 2000, reasons: [.sparedGPUs: 1]),
    ]

    @Test(arguments: gpuRows)
    func `agents with GPUs are kept for tasks that ask for some`(row: GPURow) {
        let spec = makeSpec("/a") {
            $0.resources.gpus = row.asked
            $0.labels = row.label.map { ["GPU_SCHEDULING_BEHAVIOR": $0] } ?? [:]
        }
        var settings = SchedulerSettings()
        settings.sparesGPUs = row.spares
        var harness = Harness([spec], settings: settings)
        harness.subscribe()
        harness.start(spec)
        let gpus = row.offered > 0 ? [MesosResource(name: "gpus", value: .scalar(row.offered))] : []
        let launches = harness.offer([makeAgent(1)], plain() + gpus).launches
        #expect(launches.count == (row.reasons == nil ? 1 : 0))
        #expect(harness.scheduler.refusals[spec.id]?.reasons == row.reasons)
        guard row.asked > 0, let task = launches.first else { return }
        #expect(ResourceTests.total(task.resources).amounts["gpus"] == row.asked)
    }

    @Test func `every reason is counted at every place, also where several meet`() {
        let spec = makeSpec("/a") {
            $0.resources = Resources(cpus: 8000, mem: 8_000_000, disk: 20_000_000, gpus: 1000)
            $0.portDefinitions = [PortDefinition(port: 0), PortDefinition(port: 0)]
            $0.constraints = [
                Constraint(field: "rack", comparison: .like, value: "r9"),
                Constraint(field: "hostname", comparison: .unlike, value: "host1.*"),
                Constraint(field: "@zone", comparison: .groupBy, value: "2"),
            ]
        }
        var harness = Harness([spec])
        harness.subscribe()
        harness.start(spec)
        harness.offer([makeAgent(1, ["rack": "r1"]), makeAgent(2, ["rack": "r9"], zone: "z")], plain(ports: 1))
        #expect(
            harness.scheduler.refusals[spec.id]?.reasons == [
                .resource("cpus"): 2, .resource("mem"): 2, .resource("disk"): 2, .resource("gpus"): 2, .ports: 2,
                .constraint("[\"rack\", \"LIKE\", \"r9\"]"): 1,
                .constraint("[\"hostname\", \"UNLIKE\", \"host1.*\"]"): 1,
                .constraint("[\"@zone\", \"GROUP_BY\", \"2\"]"): 1,
            ]
        )
    }
}
