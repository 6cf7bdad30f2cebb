import Domain
import Testing

@testable import Scheduling

@Suite struct ResourceTests {
    static func reserved(_ name: String, _ value: MesosResource.Value, role: String = "web") -> MesosResource {
        let reservation = MesosResource.Reservation(role: role, isDynamic: false, principal: nil)
        return MesosResource(name: name, value: value, allocationRole: "web", reservations: [reservation])
    }

    @Test func `what is reserved for our role is used first, and keeps its reservation`() {
        var pool = ResourcePool(
            [
                MesosResource(name: "cpus", value: .scalar(2000), allocationRole: "web"),
                ResourceTests.reserved("cpus", .scalar(500)),
            ],
            role: "web"
        )
        #expect(pool.free.cpus == 2500)
        let pieces = pool.cut(Resources(cpus: 800), ports: [])
        #expect(
            pieces == [
                ResourceTests.reserved("cpus", .scalar(500)),
                MesosResource(name: "cpus", value: .scalar(300), allocationRole: "web"),
            ]
        )
        #expect(pool.free.cpus == 1700)
    }

    @Test func `volumes, foreign reservations and labelled ones are never cut`() {
        let labelled = MesosResource.Reservation(
            role: "web",
            isDynamic: true,
            principal: "p",
            labels: [Label(key: "instance", value: "1")]
        )
        let pool = ResourcePool(
            [
                MesosResource(name: "disk", value: .scalar(1000), isSpecial: true),
                ResourceTests.reserved("cpus", .scalar(1000), role: "other"),
                MesosResource(name: "mem", value: .scalar(1000), reservations: [labelled]),
            ],
            role: "web"
        )
        #expect(pool.free == .zero)
        #expect(pool.portCount == 0)
    }

    @Test func `ports are cut out of the resource that holds them`() {
        var pool = ResourcePool(
            [
                MesosResource(name: "ports", value: .ranges([31000...31002, 32000...32000])),
                ResourceTests.reserved("ports", .ranges([80...80, 443...443])),
            ],
            role: "web"
        )
        #expect(pool.ports() == [80...80, 443...443, 31000...31002, 32000...32000])
        let pieces = pool.cut(.zero, ports: [31001, 80, 32000])
        #expect(
            pieces == [
                ResourceTests.reserved("ports", .ranges([80...80])),
                MesosResource(name: "ports", value: .ranges([31001...31001, 32000...32000])),
            ]
        )
        #expect(pool.ports() == [443...443, 31000...31000, 31002...31002])
        #expect(pool.portCount == 3)
    }

    @Test(arguments: UInt64(0)..<100)
    func `what is cut and what is left are together what was offered`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let offered = ResourceTests.randomResources(&random)
        var pool = ResourcePool(offered, role: "web")
        var cut: [MesosResource] = []
        for _ in 0..<random.number(1...8) {
            let free = pool.free
            let asked = Resources(
                cpus: Int64(random.number(0...Int(free.cpus))),
                mem: Int64(random.number(0...Int(free.mem)))
            )
            let wanted: [Int?] = Array(repeating: nil, count: random.number(0...min(3, pool.portCount)))
            guard let ports = PortAllocator.pick(wanted, from: pool.ports(), startingAt: random.number(0...40_000))
            else {
                Issue.record("\(wanted.count) ports are not found among \(pool.portCount)")
                return
            }
            let pieces = pool.cut(asked, ports: ports)
            #expect(ResourceTests.total(pieces).amounts["cpus", default: 0] == asked.cpus)
            #expect(ResourceTests.total(pieces).amounts["mem", default: 0] == asked.mem)
            cut += pieces
        }
        #expect(ResourceTests.total(cut + pool.resources) == ResourceTests.total(offered))
        #expect(ResourceTests.byKind(cut + pool.resources) == ResourceTests.byKind(offered))
    }

    // MARK: - Ports

    @Test func `any port is taken upwards from the start, round and round`() {
        let ranges = [100...102, 200...201]
        #expect(PortAllocator.pick([nil, nil, nil], from: ranges, startingAt: 102) == [102, 200, 201])
        #expect(PortAllocator.pick([nil, nil, nil], from: ranges, startingAt: 201) == [201, 100, 101])
        #expect(PortAllocator.pick([nil, nil], from: ranges, startingAt: 9000) == [100, 101])
        #expect(PortAllocator.pick(Array(repeating: nil, count: 5), from: ranges, startingAt: 101)?.count == 5)
        #expect(PortAllocator.pick(Array(repeating: nil, count: 6), from: ranges, startingAt: 101) == nil)
    }

    @Test func `ports that must be had are had, and not given to another`() {
        let ranges = [100...102]
        #expect(PortAllocator.pick([nil, 100, nil], from: ranges, startingAt: 100) == [101, 100, 102])
        #expect(PortAllocator.pick([99], from: ranges, startingAt: 100) == nil)
        #expect(PortAllocator.pick([100, 100], from: ranges, startingAt: 100) == nil)
        #expect(PortAllocator.pick([], from: [], startingAt: 0) == [])
    }

    // MARK: - Support

    struct Total: Equatable {
        var amounts: [String: Int64] = [:]
        var ports: [Int] = []
    }

    static func total(_ resources: [MesosResource]) -> Total {
        var total = Total()
        for resource in resources {
            switch resource.value {
            case .scalar(let amount): total.amounts[resource.name, default: 0] += amount
            case .ranges(let ranges): total.ports += ranges.flatMap { Array($0) }
            case .set: break
            }
        }
        total.ports.sort()
        return total
    }

    /// Sums for each kind of resource: all that makes two different, without the amount.
    static func byKind(_ resources: [MesosResource]) -> [MesosResource: Total] {
        var groups: [MesosResource: [MesosResource]] = [:]
        for resource in resources {
            var kind = resource
            kind.value = .scalar(0)
            groups[kind, default: []].append(resource)
        }
        return groups.mapValues(total).filter { $0.value != Total() }
    }

    static func randomResources(_ random: inout SplitMix64) -> [MesosResource] {
        var resources: [MesosResource] = []
        for name in ["cpus", "mem", "cpus", "mem"] {
            let value = MesosResource.Value.scalar(Int64(random.number(0...8000)))
            resources.append(random.once(in: 2) ? reserved(name, value) : MesosResource(name: name, value: value))
        }
        let start = random.number(1000...1100)
        resources.append(MesosResource(name: "ports", value: .ranges([start...start + 7, 2000...2003])))
        resources.append(reserved("ports", .ranges([3000...3002])))
        resources.append(MesosResource(name: "disk", value: .scalar(77), isSpecial: true))
        return resources.shuffled(using: &random)
    }
}
