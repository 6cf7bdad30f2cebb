import Domain
import OrderedCollections
import Planning
import Testing

/// Dependencies come first, dependents go first, and no graph makes it slow.
struct PlanOrderTests {
    private func dependent(_ path: String, on dependencies: [String], cmd: String = "run") -> Spec {
        spec(path) {
            $0.dependencies = dependencies.sorted()
            $0.cmd = cmd
        }
    }

    @Test func `what an app depends on comes before it, the rest is sorted`() {
        let apps = [
            dependent("/a", on: ["/z"]), dependent("/b", on: []), dependent("/m", on: ["/a", "/b"]),
            dependent("/z", on: []),
        ]
        let plan = plan(desired(apps), over: ActualState(apps: [:]))
        #expect(plan.outline == ["create /z", "create /a", "create /b", "create /m"])
        #expect(plan.changes.map(\.after) == [[], [app("/z")], [], [app("/a"), app("/b")]])
    }

    @Test func `a group stands for every app below it, at any depth`() {
        let apps = [
            dependent("/a", on: ["/store"]), dependent("/store/db", on: []), dependent("/store/deep/queue", on: []),
            dependent("/storefront", on: []),
        ]
        let plan = plan(desired(apps), over: ActualState(apps: [:]))
        #expect(plan.changes.last?.app == app("/storefront"))
        #expect(plan.changes.first { $0.app == app("/a") }?.after == [app("/store/db"), app("/store/deep/queue")])
        #expect(plan.outline == ["create /store/db", "create /store/deep/queue", "create /a", "create /storefront"])
    }

    @Test func `what starts no task waits for nothing`() {
        func apps(_ cmd: String, _ killSelection: KillSelection) -> [Spec] {
            let dependency = spec("/z") { $0.cmd = cmd }
            let dependent = spec("/a") {
                $0.dependencies = ["/z"]
                $0.killSelection = killSelection
            }
            return [dependency, dependent]
        }
        let plan = plan(desired(apps("v2", .oldestFirst)), over: actual(apps("v1", .youngestFirst)))
        #expect(plan.outline == ["replace /z", "update /a"])
        #expect(plan.changes.map(\.after) == [[], []])
    }

    @Test func `an app may depend on the group that it lies in, and does not wait for itself`() {
        let apps = [
            dependent("/store/a", on: ["/store"]), dependent("/store/b", on: []),
            dependent("/x", on: ["/store"]),
        ]
        let plan = plan(desired(apps), over: ActualState(apps: [:]))
        #expect(plan.outline == ["create /store/b", "create /store/a", "create /x"])
        #expect(plan.changes[1].after == [app("/store/b")])
    }

    @Test func `apps with the same dependencies each wait for all of them but themselves`() {
        let both = ["/store", "/tools"]
        let apps = [
            dependent("/a", on: both), dependent("/b", on: both), dependent("/store/s", on: []),
            dependent("/tools/t", on: []), dependent("/tools/x", on: both),
        ]
        let plan = plan(desired(apps), over: ActualState(apps: [:]))
        let after = Dictionary(uniqueKeysWithValues: plan.changes.map { ($0.app.path, $0.after.map(\.path)) })
        #expect(after["/tools/x"] == ["/store/s", "/tools/t"])
        #expect(after["/a"] == ["/store/s", "/tools/t", "/tools/x"])
        #expect(after["/b"] == after["/a"])
    }

    @Test func `a cycle is told, a shared group is none`() {
        func order(_ graph: [String: [String]]) -> DependencyOrder.Sorted {
            let ids = graph.keys.map(app)
            return DependencyOrder(among: ids).sorted(from: ids) { graph[$0.path] ?? [] }
        }
        #expect(order(["/a": ["/b"], "/b": ["/a"]]).hasCycle)
        #expect(order(["/a": ["/g"], "/g/x": ["/b"], "/b": ["/a"]]).hasCycle)
        #expect(!order(["/g/a": ["/g"], "/g/b": [], "/c": ["/g"]]).hasCycle)
        #expect(!order(["/a": ["/g", "/g/x"], "/b": ["/g"], "/g/x": ["/c"], "/c": []]).hasCycle)
    }

    @Test func `the order holds through apps that do not change`() {
        let before = [dependent("/a", on: ["/b"]), dependent("/b", on: ["/c"]), dependent("/c", on: [])]
        let after = [
            dependent("/a", on: ["/b"], cmd: "v2"), dependent("/b", on: ["/c"]), dependent("/c", on: [], cmd: "v2"),
        ]
        let plan = plan(desired(after), over: actual(before))
        #expect(plan.outline == ["replace /c", "replace /a"])
        #expect(plan.changes.last?.after.isEmpty == true, "/a depends on /c only through /b, which does not change")
    }

    @Test func `removals come last, dependents before what they depend on`() {
        let before = [dependent("/a", on: []), dependent("/b", on: ["/a"]), dependent("/c", on: ["/b", "/a"])]
        let plan = plan(desired([spec("/new")]), over: actual(before))
        #expect(plan.outline == ["create /new", "remove /c", "remove /b", "remove /a"])
        #expect(plan.changes.map(\.after) == [[], [], [app("/c")], [app("/b"), app("/c")]])
    }

    @Test func `a cycle ends, the same way every time`() {
        let apps = [dependent("/a", on: ["/b"]), dependent("/b", on: ["/c"]), dependent("/c", on: ["/a"])]
        let first = plan(desired(apps), over: ActualState(apps: [:]))
        #expect(first.outline == ["create /c", "create /b", "create /a"])
        #expect(first.changes.map(\.after) == [[], [app("/c")], [app("/b")]])
    }

    @Test
    func `thirty diamonds on top of each other are planned at once`() {
        var apps: [Spec] = [dependent("/top0", on: [])]
        for level in 1...30 {
            apps.append(dependent("/left\(level)", on: ["/top\(level - 1)"]))
            apps.append(dependent("/right\(level)", on: ["/top\(level - 1)"]))
            apps.append(dependent("/top\(level)", on: ["/left\(level)", "/right\(level)"]))
        }
        let created = plan(desired(apps), over: ActualState(apps: [:]))
        #expect(created.changes.count == 91)
        #expect(created.changes.last?.app == app("/top30"))
        let removed = plan(desired([spec("/other")]), over: actual(apps))
        #expect(removed.outline.dropFirst().first == "remove /top30")
        #expect(removed.outline.last == "remove /top0")
    }

    @Test
    func `a group of many apps that many apps depend on costs each of them once`() {
        let store = (0..<300).map { dependent("/store/s\($0)", on: []) }
        let shop = (0..<300).map { dependent("/shop/a\($0)", on: ["/store"]) }
        let top = (0..<300).map { dependent("/top/t\($0)", on: ["/shop", "/store"]) }
        let order = DependencyOrder(among: (store + shop + top).map(\.id))
        let specs = Dictionary(uniqueKeysWithValues: (store + shop + top).map { ($0.id, $0) })
        var asked = 0
        let sorted = order.sorted(from: top.map(\.id)) { id in
            asked += 1
            return specs[id]?.app.dependencies ?? []
        }
        #expect(sorted.apps.count == 900)
        #expect(!sorted.hasCycle)
        #expect(asked == 900)
        let position = Dictionary(uniqueKeysWithValues: zip(sorted.apps, sorted.apps.indices))
        let last = store.compactMap { position[$0.id] }.max() ?? .max
        #expect(shop.allSatisfy { (position[$0.id] ?? .min) > last })
    }

    @Test
    func `a chain as long as a source is large does not exhaust the stack`() {
        let ids = (0..<20_000).map { app("/a\($0)") }
        let order = DependencyOrder(among: ids)
        let last = ids[19_999]
        let sorted = order.sorted(from: [last]) { id in
            let number = Int(id.name.dropFirst()) ?? 0
            return number == 0 ? [] : ["/a\(number - 1)"]
        }
        #expect(sorted.apps == ids)
        #expect(!sorted.hasCycle)
    }
}
