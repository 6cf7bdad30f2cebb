import Domain
import Manifests
import OrderedCollections
import Testing

@Suite struct SourceTests {
    @Test func `folders are groups and files give their names`() {
        let state = state([
            "web.yaml": "{cmd: run}", "shop/db.yml": "{cmd: run}", "shop/eu/cart.json": "{id: basket, cmd: run}",
            "shop/all.yaml": "[{id: a, cmd: run}, {id: ../b, cmd: run}]",
            "x.yaml": "{id: /far/away, cmd: run}\n---\n{id: y, cmd: run}",
        ])
        #expect(state.findings == [])
        #expect(state.ids == ["/b", "/far/away", "/shop/a", "/shop/db", "/shop/eu/basket", "/web", "/y"])
        #expect(state.apps[id("/b")]?.file == "shop/all.yaml")
    }

    @Test func `a mounted source stays in its group`() throws {
        let group = try #require(GroupID("/shop"))
        let state = state(
            ["web.yaml": "{cmd: run}", "db.yaml": "{id: /db, cmd: run}", "up.yaml": "{id: ../x, cmd: run}"],
            group: group
        )
        #expect(state.ids == ["/shop/web"])
        #expect(state.findings == ["db.yaml:1:6 PACER-E024", "up.yaml:1:6 PACER-E024"])
    }

    @Test func `a group document holds apps and groups`() {
        let state = state([
            "shop.yaml": """
            {id: /shop, dependencies: [/infra], apps: [{id: web, cmd: run, dependencies: [eu/db]}],
             groups: [{id: eu, dependencies: [../web-cache], apps: [{id: db, cmd: run}]}]}
            """,
            "infra/dns.yaml": "{cmd: run}", "shop/web-cache.yaml": "{cmd: run}",
        ])
        #expect(state.findings == [])
        #expect(state.ids == ["/infra/dns", "/shop/eu/db", "/shop/web", "/shop/web-cache"])
        #expect(state.dependencies("/shop/web") == ["/infra", "/shop/eu/db"])
        #expect(state.dependencies("/shop/eu/db") == ["/infra", "/shop/web-cache"])
        #expect(state.dependencies("/shop/web-cache") == ["/infra"])
    }

    @Test func `the answer of a running Marathon can be a file`() {
        let state = state([
            "all.json":
                #"{"apps": [{"id": "/a/b", "cmd": "run", "version": "2026-01-01T00:00:00Z", "tasksRunning": 3}]}"#
        ])
        #expect(state.ids == ["/a/b"])
        #expect(Set(state.problems.map(\.code)) == ["PACER-W002"])
    }

    @Test func `a folder's file concerns all apps of the folder, but for what they wait for`() {
        let state = state([
            "shop/_group.yaml": "{dependencies: [db]}", "shop/db.yaml": "{cmd: run}", "shop/web.yaml": "{cmd: run}",
            "shop/eu/cart.yaml": "{cmd: run}", "other.yaml": "{cmd: run}",
        ])
        #expect(state.findings == [])
        #expect(state.dependencies("/shop/web") == ["/shop/db"])
        #expect(state.dependencies("/shop/eu/cart") == ["/shop/db"])
        #expect(state.dependencies("/shop/db") == [])
        #expect(state.dependencies("/other") == [])
    }

    @Test func `what is hidden, set aside or ignored is no app`() {
        let state = state([
            "web.yaml": "{cmd: run}", ".hidden.yaml": "{", "_aside.yaml": "{", "_old/x.yaml": "{", ".ci/x.yaml": "{",
            "notes.txt": "{",
            ".pacerignore": "package.json\n", "tools/package.json": "{", "environments/dev/web.yaml": "{",
        ])
        #expect(state.ids == ["/web"])
        #expect(state.findings == [])
    }

    @Test func `defaults go under every app and an app can take one back`() {
        let state = state([
            "pacer.yaml": "{defaults: {user: web, env: {A: x, B: y}}}", "a.yaml": "{cmd: run, env: {B: z}}",
            "b.yaml": "{apps: [{id: b, cmd: run, user: null, env: {A: null}}]}",
        ])
        #expect(state.findings == [])
        #expect(state.spec("/a")?.user == "web")
        #expect(state.spec("/a")?.env == ["A": "x", "B": "z"])
        #expect(state.spec("/b")?.user == nil)
        #expect(state.spec("/b")?.env == ["B": "y"])
    }

    @Test func `an environment's file is merged over its base file`() {
        let files: KeyValuePairs = [
            "shop/web.yaml": "{cmd: run, instances: 1, env: {A: x, B: y}}",
            "environments/prod/shop/web.yaml": "{instances: 3,\n env: {B: null, C: [1]}}",
            "environments/dev/shop/web.yaml": "{instances: many}",
        ]
        #expect(state(files).spec("/shop/web")?.instances == 1)
        let production = state(files, environment: "prod")
        // The problem stands where the value was written.
        #expect(production.findings == ["environments/prod/shop/web.yaml:2:20 PACER-E010"])
        #expect(
            production.broken == [BrokenFile(path: "shop/web.yaml", claims: [id("/shop/web")], claimsAreComplete: true)]
        )
    }

    @Test func `an environment's file without a base file is an error of its own`() {
        let state = state(
            ["web.yml": "{cmd: run}", "environments/prod/web.yaml": "{instances: 3}"],
            environment: "prod"
        )
        #expect(state.ids == ["/web"])
        #expect(state.findings == ["environments/prod/web.yaml:1:1 PACER-E050"])
        #expect(state.problems.first?.hint == "name it as the base file is named: web.yml")
    }

    @Test func `an environment that the source does not know is an error`() {
        let files: KeyValuePairs = ["pacer.yaml": "{environments: [prod]}", "web.yaml": "{cmd: run}"]
        #expect(state(files, environment: "prod").ids == ["/web"])
        let misspelt = state(files, environment: "prd")
        #expect(misspelt.findings == ["pacer.yaml:1:16 PACER-E051"])
        #expect(misspelt.brokenPaths == ["pacer.yaml", "web.yaml"])
        let unlisted = state(["web.yaml": "{cmd: run}", "environments/prod/web.yaml": "{}"], environment: "test")
        #expect(unlisted.findings == ["environments:0:0 PACER-W009"])
    }

    // MARK: - What one file does to others

    @Test func `a broken file breaks only its own apps`() {
        let state = state([
            "a.yaml": "{cmd: run", "b.yaml": "{cmd: 5}\n---\n{id: c, cmd: run}",
            "d.yaml": "{cmd: run, dependencies: [a, b]}",
        ])
        #expect(state.ids == ["/d"])
        #expect(state.broken.map(\.path) == ["a.yaml", "b.yaml"])
        #expect(state.broken[0].claims == [id("/a")] && !state.broken[0].claimsAreComplete)
        #expect(state.problems.filter { $0.file == "d.yaml" }.map(\.code) == ["PACER-W007"])
    }

    @Test func `an id that two files declare is an error for both`() {
        let state = state(["a.yaml": "{id: x, cmd: run}", "b.yaml": "\n{id: x, cmd: run}", "c.yaml": "{cmd: run}"])
        #expect(state.ids == ["/c"])
        #expect(state.findings == ["a.yaml:1:6 PACER-E022", "b.yaml:2:6 PACER-E022"])
        #expect(state.problems[0].message.contains("b.yaml:2"))
        #expect(state.problems[1].message.contains("a.yaml:1"))
    }

    @Test func `an id that is an app and a group is an error for the app`() {
        let state = state(["shop.yaml": "{cmd: run}", "shop/web.yaml": "{cmd: run}"])
        #expect(state.ids == ["/shop/web"])
        #expect(state.findings == ["shop.yaml:1:1 PACER-E023"])
    }

    @Test func `an unknown dependency is an error with a suggestion`() {
        let state = state(["web.yaml": "{cmd: run, dependencies: [dbb]}", "db.yaml": "{cmd: run}"])
        #expect(state.ids == ["/db"])
        #expect(state.findings == ["web.yaml:1:27 PACER-E040"])
        #expect(state.problems.first?.hint == "did you mean /db?")
    }

    @Test func `a circle of dependencies names every step and breaks its files only`() {
        let state = state([
            "a.yaml": "{cmd: run, dependencies: [shop]}", "shop/b.yaml": "{cmd: run,\n dependencies: [/c]}",
            "c.yaml": "{cmd: run, dependencies: [a]}", "shop/free.yaml": "{cmd: run}",
            "d.yaml": "{cmd: run, dependencies: [c]}",
        ])
        #expect(state.ids == ["/d", "/shop/free"])
        #expect(state.findings == ["a.yaml:1:27 PACER-E041", "c.yaml:1:27 PACER-E041", "shop/b.yaml:2:17 PACER-E041"])
        let circle =
            "/a needs /shop (a.yaml:1), /shop holds /shop/b, /shop/b needs /c (shop/b.yaml:2), /c needs /a (c.yaml:1)"
        #expect(state.problems.allSatisfy { $0.message.hasSuffix(circle) })
    }

    @Test func `an app that waits for itself or for its own group is a circle`() {
        #expect(state(["a.yaml": "{cmd: run, dependencies: [a]}"]).findings == ["a.yaml:1:27 PACER-E041"])
        #expect(state(["g/a.yaml": "{cmd: run, dependencies: [.]}"]).findings == ["g/a.yaml:1:27 PACER-E041"])
        let group = state(["g/a.yaml": "{cmd: run}", "g/_group.yaml": "{dependencies: [/g]}"])
        #expect(group.findings == ["g/_group.yaml:1:17 PACER-E041"])
        #expect(group.brokenPaths == ["g/_group.yaml", "g/a.yaml"])
    }

    @Test func `a long chain of dependencies is no circle and no crash`() {
        let files = (0..<3000).map { index in
            file("a\(index).yaml", index == 0 ? "{cmd: run}" : "{cmd: run, dependencies: [a\(index - 1)]}")
        }
        var source = emptySource()
        #expect(source.apply(update(.all(files))).findings == [])
    }

    @Test func `an error in a folder's file breaks the folder`() {
        let state = state([
            "shop/_group.yaml": "{dependencies: 5}", "shop/eu/web.yaml": "{cmd: run}", "web.yaml": "{cmd: run}",
        ])
        #expect(state.ids == ["/web"])
        #expect(state.findings == ["shop/_group.yaml:1:16 PACER-E010"])
        #expect(state.brokenPaths == ["shop/_group.yaml", "shop/eu/web.yaml"])
    }

    @Test func `a folder has one file about itself, and a source one`() {
        let folder = state([
            "g/_group.yaml": "{}", "g/_group.json": "{}", "g/a.yaml": "{cmd: run}", "b.yaml": "{cmd: run}",
        ])
        #expect(folder.findings == ["g/_group.yaml:1:1 PACER-E031"])
        #expect(folder.ids == ["/b"])
        let settings = state(["pacer.yaml": "{}", "pacer.json": "{}", "b.yaml": "{cmd: run}"])
        #expect(settings.findings == ["pacer.json:1:1 PACER-E031"])
        #expect(settings.ids == [])
    }

    @Test func `a broken pacer_yaml breaks all files and only its own problems are told`() {
        let state = state(["pacer.yaml": "{defaults: 5}", "web.yaml": "{instances: 2}"])
        #expect(state.ids == [])
        #expect(state.findings == ["pacer.yaml:1:12 PACER-E010"])
        #expect(state.broken.map(\.claims) == [[], [id("/web")]])
    }

    @Test func `a bad default is told once`() {
        let state = state(["pacer.yaml": "{defaults: {cpus: lots}}", "a.yaml": "{cmd: run}", "b.yaml": "{cmd: run}"])
        #expect(state.findings == ["pacer.yaml:1:19 PACER-E010"])
        #expect(state.brokenPaths == ["a.yaml", "b.yaml"])
    }

    @Test func `a file that git brings without its bytes is broken`() {
        var source = emptySource()
        let files = [
            SourceUpdate.File(path: "big.yaml", blob: "1", content: nil, size: 10_000_000),
            SourceUpdate.File(path: "link.yaml", blob: "2", content: nil, size: 12),
        ]
        let state = source.apply(update(.all(files)))
        #expect(state.findings == ["big.yaml:1:1 PACER-E006", "link.yaml:1:1 PACER-E007"])
        #expect(state.broken.allSatisfy { !$0.claimsAreComplete && !$0.claims.isEmpty })
    }
}

extension DesiredState {
    fileprivate func spec(_ id: String) -> AppSpec? { AppID(id).flatMap { apps[$0]?.spec.app } }

    fileprivate func dependencies(_ id: String) -> [String]? { spec(id)?.dependencies }
}
