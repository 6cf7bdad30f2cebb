import Domain
import Manifests
import OrderedCollections
import Testing

@Suite struct IncrementalTests {
    @Test func `a file that did not change is neither parsed nor digested again`() {
        var source = emptySource()
        let files = [file("a.yaml", "{cmd: run}"), file("b.yaml", "{cmd: run}"), file("g/_group.yaml", "{}")]
        _ = source.apply(update(.all(files)))
        #expect(source.parsedFiles == 3)
        #expect(source.digestedApps == 2)
        _ = source.apply(update(.all(files)))
        #expect(source.parsedFiles == 3)
        let state = source.apply(update(.changed([file("b.yaml", "{cmd: walk}")], removed: [])))
        #expect(source.parsedFiles == 4)
        #expect(source.digestedApps == 3)
        #expect(state.ids == ["/a", "/b"])
    }

    @Test func `an app whose meaning did not change is not digested again`() {
        var source = emptySource()
        _ = source.apply(update(.all([file("a.yaml", "{cmd: run}")])))
        _ = source.apply(update(.changed([file("a.yaml", "{instances: 1, cmd: run}")], removed: [])))
        #expect(source.parsedFiles == 2)
        #expect(source.digestedApps == 1)
    }

    @Test func `a group's new dependency reaches apps whose files did not change`() {
        var source = emptySource()
        let before = source.apply(update(.all([file("g/a.yaml", "{cmd: run}"), file("b.yaml", "{cmd: run}")])))
        let after = source.apply(update(.changed([file("g/_group.yaml", "{dependencies: [/b]}")], removed: [])))
        #expect(source.parsedFiles == 3)
        #expect(source.digestedApps == 3)
        #expect(before.apps.values[1].spec.app.dependencies == [])
        #expect(after.apps.values[1].spec.app.dependencies == ["/b"])
    }

    @Test(arguments: UInt64(0)..<50)
    func `reading change by change is the same as reading everything at once`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let environment = seed % 3 == 0 ? "prod" : nil
        var tree: [String: String] = [:]
        var source = emptySource(environment: environment)
        _ = source.apply(update(.all([])))
        for _ in 0..<15 {
            let edits = Edits.random(&random, tree: &tree)
            let step = source.apply(update(.changed(edits.changed, removed: edits.removed)))
            var fresh = emptySource(environment: environment)
            let whole = fresh.apply(update(.all(tree.sorted { $0.key < $1.key }.map { file($0.key, $0.value) })))
            let difference = zip(step.essence, whole.essence).first { $0 != $1 }
            #expect(difference == nil)
            #expect(step.essence.count == whole.essence.count)
        }
    }
}

/// Random changes of a small tree in which everything concerns everything.
private struct Edits {
    var changed: [SourceUpdate.File] = []
    var removed: [String] = []

    private static let paths = [
        "a.yaml", "b.yaml", "shop.yaml", "shop/web.yaml", "shop/db.yaml", "shop/_group.yaml", "shop/eu/_group.json",
        "shop/eu/cart.yaml", "pacer.yaml", ".pacerignore", "environments/prod/shop/web.yaml",
        "environments/prod/b.yaml",
        "environments/prod/pacer.yaml", "environments/dev/a.yaml",
    ]

    private static let texts = [
        "{cmd: run}", "{cmd: walk, instances: 3}", "{id: /a, cmd: run}",
        "{id: /shop/x, cmd: run, dependencies: [/a, /b]}",
        "{cmd: run, dependencies: [/shop]}", "{cmd: run, dependencies: [/shop/web]}",
        "{cmd: run, dependencies: [/nobody]}",
        "{dependencies: [/a]}", "{dependencies: [db]}", "{dependencies: 3}", "{defaults: {user: web}}",
        "{defaults: {cpus: 2}}",
        "{environments: [prod]}", "b.yaml", "shop/eu/", "{cmd: run", "{", "", "[{id: p, cmd: run}, {id: q, cmd: run}]",
        "{id: g, apps: [{id: x, cmd: run}], dependencies: [/b]}", "{apps: [{id: /shop/web, cmd: run}]}",
        "{instances: 9}", "{enforceRole: true}", "{cmd: run, role: shop}", "{cmd: run, role: batch}",
    ]

    static func random(_ random: inout SplitMix64, tree: inout [String: String]) -> Edits {
        var edits = Edits()
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            guard let path = paths.randomElement(using: &random), let text = texts.randomElement(using: &random) else {
                continue
            }
            let isTold = edits.changed.contains { $0.path == path } || edits.removed.contains(path)
            guard !isTold else { continue }
            if tree[path] != nil, Bool.random(using: &random) {
                tree[path] = nil
                edits.removed.append(path)
            } else {
                tree[path] = text
                edits.changed.append(file(path, text))
            }
        }
        return edits
    }
}
