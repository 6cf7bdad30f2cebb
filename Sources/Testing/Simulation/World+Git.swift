import Boundary
import Controller
import Domain
import OrderedCollections
import SeededRandom

extension World {
    /// The repositories of a world's sources, each with its first commit.
    mutating func makeRepositories() {
        gits = shape.sources.map { SimulatedGit(source: $0.name, group: $0.group, apps: [:]) }
        for index in gits.indices {
            var apps: [AppID: AppSpec] = [:]
            let count = index == 0 ? options.apps : 3
            for id in World.ids(of: gits[index]).suffix(6).prefix(count) { apps[id] = app(id) }
            gits[index].push(apps: tidied(apps, of: index))
        }
    }

    /// A process looks at a repository.
    mutating func look(_ process: Int, life: Int, at index: Int, answering: Int) {
        guard processes[process].life == life, let engine = processes[process].engine else { return }
        let git = gits[index]
        let anchor = engine.record(of: git.source)?.applied
        if anchor != processes[process].comparedWith[index] { processes[process].known[index] = nil }
        processes[process].comparedWith[index] = anchor
        let look: SourceLook
        if isChaos, hasFaults, random.oneIn(25) {
            count("fetch failed")
            look = .failed(SourceFailure(kind: .unreachable, message: "no answer", hint: "wait"))
        } else if processes[process].known[index] == git.tip.revision {
            look = .unchanged
        } else {
            processes[process].known[index] = git.tip.revision
            let descends = anchor.map { git.descends(git.tip.revision, from: $0) } ?? true
            look = .found(git.desired, anchor: anchor, descends: descends)
        }
        agenda.add(
            .deliver(process, life: life, .source(git.source, look, answering: answering)),
            at: now + delay(5...300)
        )
        guard answering == 0 else { return }
        agenda.add(.look(process, life: life, at: index, answering: 0), at: now + .seconds(10) + delay(0...1000))
    }

    /// Somebody pushes: some apps change, some come, some go, some files break, some move to another source; now and
    /// then history is rewritten.
    mutating func push() {
        guard isChaos else { return pushLast() }
        agenda.add(.push, at: now + delay(5_000...60_000))
        let index = random.int(0...(gits.count - 1))
        var apps = gits[index].tip.apps
        for id in apps.keys.sorted() where random.oneIn(3) {
            guard let app = apps[id] else { continue }
            if random.oneIn(6) { apps[id] = nil } else { apps[id] = changed(app) }
        }
        if random.oneIn(2) {
            let id = random.pick(World.ids(of: gits[index]))
            apps[id] = app(id)
        }
        // One mistake that many apps share: none of them can work.
        if random.oneIn(6) {
            for (id, var app) in apps {
                World.set("crash", of: &app)
                apps[id] = app
            }
        }
        var broken: Set<AppID> = []
        for id in apps.keys.sorted() where random.oneIn(12) { broken.insert(id) }
        if !broken.isEmpty { count("broken file pushed") }
        let rewrite = random.oneIn(10) && gits[index].tip.parent != nil
        if rewrite { count("history rewritten") }
        if apps.isEmpty { apps = gits[index].tip.apps }
        commit(apps, broken: broken, rewrite: rewrite, to: index)
        if gits.count > 1, random.oneIn(2) { moveApp() }
    }

    /// An app leaves one repository for another; which of the two pushes comes first is chance.
    private mutating func moveApp() {
        let from = random.int(0...(gits.count - 1))
        let to = (from + random.int(1...(gits.count - 1))) % gits.count
        let movable = gits[from].tip.apps.keys.sorted().filter { id in
            gits[to].group.contains(id) && gits[to].tip.apps[id] == nil
        }
        guard !movable.isEmpty else { return }
        let id = random.pick(movable)
        guard let app = gits[from].tip.apps[id], gits[from].tip.apps.count > 1 else { return }
        count("app moved to another source")
        let leave = Event.move(id, nil, to: from)
        let arrive = Event.move(id, random.oneIn(2) ? changed(app) : app, to: to)
        let (first, second) = random.oneIn(2) ? (leave, arrive) : (arrive, leave)
        agenda.add(first, at: now)
        agenda.add(second, at: now + delay(0...20_000))
    }

    /// One half of an app's move.
    mutating func move(_ id: AppID, _ app: AppSpec?, to index: Int) {
        guard isChaos else { return }
        var apps = gits[index].tip.apps
        apps[id] = app
        guard !apps.isEmpty else { return }
        commit(apps, broken: gits[index].tip.broken.filter { apps[$0] != nil }, rewrite: false, to: index)
    }

    private mutating func commit(_ apps: [AppID: AppSpec], broken: Set<AppID>, rewrite: Bool, to index: Int) {
        gits[index].push(apps: tidied(apps, of: index), broken: broken, rewrite: rewrite)
        let tip = gits[index].tip
        note("PUSH \(tip.revision) \(tip.apps.keys.sorted()) broken \(broken.sorted())")
        agenda.add(.confirm, at: now + .seconds(20))
    }

    /// No app depends on what its own source would have to declare and does not: that is an error of the manifests.
    private func tidied(_ apps: [AppID: AppSpec], of index: Int) -> [AppID: AppSpec] {
        var tidy = apps
        for (id, app) in apps {
            tidy[id]?.dependencies = app.dependencies.filter { path in
                let isDeclared = apps.keys.contains { $0 != id && ($0.path == path || $0.path.hasPrefix(path + "/")) }
                return isDeclared || (gits.count > 1 && path != id.path)
            }
        }
        return tidy
    }

    /// The last commits: everything in them works, and every app is declared once.
    private mutating func pushLast() {
        var declared: Set<AppID> = []
        for index in gits.indices.reversed() {
            var apps = gits[index].tip.apps.filter { !declared.contains($0.key) }
            if apps.isEmpty, let id = World.ids(of: gits[index]).first(where: { !declared.contains($0) }) {
                apps[id] = AppSpec(id: id)
            }
            for (id, var app) in apps where shape.endsWithAll || !World.works(app) {
                World.set("sleep 1000", of: &app)
                apps[id] = app
            }
            declared.formUnion(apps.keys)
            commit(apps, broken: [], rewrite: false, to: index)
        }
        for minute in 1...10 { agenda.add(.confirm, at: now + .minutes(Int64(minute))) }
    }
}
