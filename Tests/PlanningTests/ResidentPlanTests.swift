import Domain
import OrderedCollections
import Planning
import Testing

/// What is reserved for an app with volumes cannot change while it is.
@Suite struct ResidentPlanTests {
    static func resident(_ change: (inout AppSpec) -> Void = { _ in }) -> Spec {
        spec("/db") {
            $0.persistentVolumes = [PersistentVolume(containerPath: "data", size: 1000)]
            change(&$0)
        }
    }

    struct Row: CustomTestStringConvertible, Sendable {
        var name: String
        var change: @Sendable (inout AppSpec) -> Void
        var isRefused = true
        var testDescription: String { name }
    }

    static let rows = [
        Row(name: "container.volumes", change: { $0.persistentVolumes?[0].size = 2000 }),
        Row(name: "container.volumes", change: { $0.persistentVolumes = nil }),
        Row(name: "cpus", change: { $0.resources.cpus += 1 }), Row(name: "mem", change: { $0.resources.mem += 1 }),
        Row(name: "disk", change: { $0.resources.disk += 1 }), Row(name: "gpus", change: { $0.resources.gpus += 1000 }),
        Row(name: "requirePorts", change: { $0.requirePorts = true }),
        Row(name: "portDefinitions", change: { $0.portDefinitions = [] }),
        Row(name: "cmd", change: { $0.cmd = "walk" }, isRefused: false),
        Row(name: "instances", change: { $0.instances = 5 }, isRefused: false),
        Row(name: "port name", change: { $0.portDefinitions[0].name = "sql" }, isRefused: false),
    ]

    @Test(arguments: rows)
    func `a change of what is reserved is refused, any other is not`(row: Row) {
        let plan = plan(desired([Self.resident(row.change)]), over: actual([Self.resident()]))
        #expect(plan.problems.map(\.code) == (row.isRefused ? ["PACER-E303"] : []))
        #expect(plan.changes.isEmpty == row.isRefused)
        guard let problem = plan.problems.first else { return }
        #expect(problem.message.contains(row.name))
        #expect(problem.file == "db.yaml")
        #expect(plan.objections == [Objection(app: app("/db"), source: "shop", problem: problem)])
    }

    @Test func `before anything is reserved, and for an app without volumes, everything may change`() {
        var before = actual([Self.resident()])
        for index in before.apps[app("/db")]?.instances.indices ?? 0..<0 {
            before.apps[app("/db")]?.instances[index].reservation = nil
        }
        #expect(plan(desired([Self.resident { $0.resources.cpus = 1 }]), over: before).outline == ["replace /db"])
        #expect(plan(desired([Self.resident()]), over: actual([spec("/db")])).outline == ["replace /db"])
    }
}
