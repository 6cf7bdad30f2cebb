import Domain
import Manifests
import OrderedCollections
import Testing

@Suite struct RoleTests {
    private func roles(_ state: DesiredState) -> [String] {
        state.apps.values.map { "\($0.spec.id) \($0.spec.app.role ?? "-") \($0.spec.app.enforcesGroupRole ?? false)" }
    }

    @Test func `an app names its role, or has none of its own`() {
        let state = state(["a.yaml": "{cmd: run, role: batch/night}", "b.yaml": "{cmd: run}"])
        #expect(state.findings == [])
        #expect(roles(state) == ["/a batch/night false", "/b - false"])
    }

    @Test(arguments: ["a//b", "/a", "a/", ".", "a/..", "a/*", "-a", "a b", "\"\""])
    func `a role that Mesos refuses is refused at its place`(role: String) {
        let state = state(["a.yaml": "{cmd: run, role: \(role)}"])
        #expect(state.findings == ["a.yaml:1:18 PACER-E015"])
    }

    @Test func `a group at the top makes its name the role of every app in it`() {
        let state = state([
            "shop/_group.yaml": "{enforceRole: true}", "shop/eu/web.yaml": "{cmd: run}",
            "shop/db.yaml": "{cmd: run, role: shop}", "batch.yaml": "{cmd: run}",
            "more.yaml": "{id: dev, enforceRole: true, apps: [{id: x, cmd: run}]}",
        ])
        #expect(state.findings == [])
        #expect(roles(state) == ["/batch - false", "/dev/x dev true", "/shop/db shop true", "/shop/eu/web shop true"])
    }

    @Test func `an app with another role than its group's breaks its own file only`() {
        let state = state([
            "shop/_group.yaml": "{enforceRole: true}", "shop/a.yaml": "{cmd: run, role: batch}",
            "shop/b.yaml": "{cmd: run}",
        ])
        #expect(state.findings == ["shop/a.yaml:1:18 PACER-E038"])
        #expect(state.ids == ["/shop/b"])
    }

    @Test(arguments: [
        ("_group.yaml", "{enforceRole: true}", "_group.yaml:1:2 PACER-E015"),
        ("shop/eu/_group.yaml", "{enforceRole: true}", "shop/eu/_group.yaml:1:2 PACER-E015"),
        ("g.yaml", "{id: /, enforceRole: true, apps: []}", "g.yaml:1:9 PACER-E015"),
        ("g.yaml", "{id: /a/b, enforceRole: true, apps: []}", "g.yaml:1:12 PACER-E015"),
    ])
    func `only a group directly below the root enforces its role`(path: String, text: String, finding: String) {
        #expect(state([path: text]).findings == [finding])
        #expect(state([path: text.replacing("true", with: "false")]).findings == [])
    }

    @Test func `a group's new rule reaches apps whose files did not change`() {
        var source = emptySource(group: GroupID("/shop") ?? .root)
        _ = source.apply(update(.all([file("a.yaml", "{cmd: run}")])))
        let enforced = source.apply(update(.changed([file("_group.yaml", "{enforceRole: true}")], removed: [])))
        #expect(roles(enforced) == ["/shop/a shop true"])
        let free = source.apply(update(.changed([], removed: ["_group.yaml"])))
        #expect(roles(free) == ["/shop/a - false"])
    }
}
