import Domain
import OrderedCollections
import Planning
import Testing

/// A pod in a plan: by the paths of its own definition.
struct PodPlanTests {
    private func pod(_ change: (inout AppSpec) -> Void = { _ in }, cpus: Int64 = 500, extra: [String] = []) -> Spec {
        spec("/shop") {
            $0.cmd = nil
            $0.pod = PodSpec(
                containers: (["log", "web"] + extra).map { name in
                    let resources = Resources(cpus: name == "web" ? cpus : 100, mem: 32_000)
                    return PodContainer(name: name, command: .shell("run \(name)"), resources: resources)
                }
            )
            change(&$0)
        }
    }

    @Test func `a change in one container names it, and replaces the pod`() {
        let text = PlanText().text(of: plan(desired([pod(cpus: 1000)]), over: actual([pod()])))
        let expected = """
            -/+ /shop will be replaced (shop.yaml)
                ~ containers[web].resources.cpus: 0.5 -> 1  # forces replacement
                tasks: 1 to start, 1 to stop, 0 to keep
            """
        #expect(text.hasPrefix(expected), "\(text)")
    }

    @Test func `a container more shows its own fields and none of the others`() {
        let plan = plan(desired([pod(extra: ["proxy"])]), over: actual([pod()]))
        let paths = plan.changes.flatMap(\.fields).map(\.path)
        #expect(!paths.isEmpty && paths.allSatisfy { $0.hasPrefix("containers[proxy].") }, "\(paths)")
    }

    private static let changes: [(String, @Sendable (inout AppSpec) -> Void)] = [
        ("scale", { $0.instances = 3 }), ("update", { $0.killSelection = .oldestFirst }),
        ("replace", { $0.env["A"] = "b" }),
    ]

    @Test(arguments: changes)
    func `scaling a pod and what takes effect in place replace nothing`(
        action: String,
        change: @Sendable (inout AppSpec) -> Void
    ) {
        #expect(plan(desired([pod(change)]), over: actual([pod()])).outline == ["\(action) /shop"])
    }

    @Test func `an app that becomes a pod is replaced`() {
        #expect(plan(desired([pod()]), over: actual([spec("/shop")])).outline == ["replace /shop"])
        #expect(plan(desired([pod()]), over: actual([pod()])).changes.isEmpty)
    }
}
