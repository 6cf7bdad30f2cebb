import Boundary
import Domain
import Testing

/// Everything that needs a real ZooKeeper, or is held against one.
@Suite(.zooKeeper, .timeLimit(.minutes(5)))
struct WithZooKeeper {}

extension WithZooKeeper {
    /// What every store does, the fake and the real one.
    @Suite struct StoreContract {}
}

extension WithZooKeeper.StoreContract {
    @Test(arguments: Backing.allCases)
    func `a new leader reads every kind of record as it was written`(_ backing: Backing) async throws {
        let candidates = try Candidates(backing)
        let store = try candidates.make("a:1")
        let web = spec(try app("/shop/web"))
        let db = spec(try app("/shop/db-1.main"), cmd: "db", padding: 3000)
        var source = SourceRecord(name: "shop/main: ü")
        source.applied = Revision("0123")
        source.held = HeldPlan(planHash: web.digest, revision: Revision("4567"), reason: "removes 20 apps")
        source.note([Problem(code: "PACER-E012", file: "a.yaml", line: 3, column: 1, message: "m", hint: "h")])
        let deployment = DeploymentRecord(
            id: DeploymentID("shop-7"),
            source: "shop",
            revision: Revision("0123"),
            planHash: db.digest,
            started: Instant(milliseconds: 9),
            apps: 2
        )
        let instances = [1, 2, 31].map { instance(web, $0) }
        let more = [instance(web, 32, condition: .scheduled), instance(web, 40, condition: .unreachable)]
        let all = batch(
            1,
            (.framework, .framework(FrameworkID("fw-1"))),
            (.spec(web.digest), .spec(web)),
            (.spec(db.digest), .spec(db)),
            (.app(web.id), .app(record(web))),
            (.app(db.id), .app(record(db))),
            (.instances(web.id, chunk: 0), .instances(instances)),
            (.instances(web.id, chunk: 1), .instances(more)),
            (.source(source.name), .source(source)),
            (.deployment(deployment.id), .deployment(deployment)),
            (.drift(3), .drift([episode(web.id), episode(db.id)])),
            (.drift(-7), .drift([episode(db.id)]))
        )
        try await withTerm(of: store) { term in
            let empty = try await term.load()
            #expect(empty.framework == nil && empty.apps.isEmpty && empty.specs.isEmpty && empty.instances.isEmpty)
            #expect(await term.write(all).durableBatch == 1)
        }
        try await withTerm(of: try candidates.make("b:1")) { term in
            let image = try await term.load()
            #expect(image.framework == FrameworkID("fw-1"))
            #expect(image.specs.mapValues(\.app) == [web.digest: web.app, db.digest: db.app])
            #expect(image.apps == [web.id: record(web), db.id: record(db)])
            #expect(Set(image.instances.values) == Set(instances + more))
            #expect(image.instances.allSatisfy { $0.key == $0.value.id })
            #expect(image.sources == [source.name: source])
            #expect(image.deployments == [deployment.id: deployment])
            #expect(image.drift == [3: [episode(web.id), episode(db.id)], -7: [episode(db.id)]])
        }
    }

    @Test(arguments: Backing.allCases)
    func `a later write replaces, a removal removes, and removing nothing is no error`(_ backing: Backing) async throws
    {
        let candidates = try Candidates(backing)
        let old = spec(try app("/web"), cmd: "old")
        let new = spec(old.id, cmd: "new")
        try await withTerm(of: try candidates.make("a:1")) { term in
            let first = batch(
                1,
                (.spec(old.digest), .spec(old)),
                (.app(old.id), .app(record(old))),
                (.instances(old.id, chunk: 0), .instances([instance(old, 1), instance(old, 2)])),
                (.source("s"), .source(SourceRecord(name: "s"))),
                (.drift(1), .drift([]))
            )
            #expect(await term.write(first).durableBatch == 1)
            var second = batch(
                2,
                (.spec(new.digest), .spec(new)),
                (.app(new.id), .app(record(new))),
                (.instances(new.id, chunk: 0), .instances([instance(new, 2)]))
            )
            second.remove(.spec(old.digest))
            second.remove(.source("s"))
            second.remove(.drift(1))
            second.remove(.drift(2))
            second.remove(.instances(new.id, chunk: 5))
            second.remove(.app(try app("/never")))
            #expect(await term.write(second).durableBatch == 2)
            let image = try await term.load()
            #expect(image.specs.keys.sorted() == [new.digest])
            #expect(image.apps == [new.id: record(new)])
            #expect(image.instances == [instance(new, 2).id: instance(new, 2)])
            #expect(image.sources.isEmpty && image.drift.isEmpty)

            var third = WriteBatch(number: 3)
            for key: StoreKey in [.spec(new.digest), .app(new.id), .instances(new.id, chunk: 0)] { third.remove(key) }
            #expect(await term.write(third).durableBatch == 3)
            let none = try await term.load()
            #expect(none.specs.isEmpty && none.apps.isEmpty && none.instances.isEmpty)

            #expect(await term.write(first).durableBatch == 1, "what was removed can be written again")
        }
    }

    @Test(arguments: Backing.allCases)
    func `outcomes are told once each, in the order of the commits`(_ backing: Backing) async throws {
        let candidates = try Candidates(backing)
        let web = spec(try app("/web"))
        let told = Notes<Int>()
        try await withTerm(of: try candidates.make("a:1")) { term in
            _ = try await term.load()
            for number in 1...200 {
                var next = WriteBatch(number: number)
                // Sizes differ, so that some take several transactions and some are empty.
                if number % 3 == 0 { next.put(.app(web.id), .app(record(web, revision: "\(number)"))) }
                if number % 50 == 0 {
                    for index in 0..<250 { next.put(.drift(index), .drift([episode(web.id)])) }
                }
                term.commit(CommitTicket(next)) { told.add($0.durableBatch ?? -1) }
            }
            // Commits are carried out in order, so the load comes after all of them.
            let image = try await term.load()
            #expect(image.apps[web.id]?.revision == Revision("198"))
            #expect(image.drift.count == 250)
            try await until("all outcomes are told") { told.all.count == 200 }
        }
        #expect(told.all == Array(1...200))
    }

    @Test(arguments: Backing.allCases)
    func `a leader whose epoch is past writes nothing more and ends`(_ backing: Backing) async throws {
        let candidates = try Candidates(backing)
        let web = spec(try app("/web"))
        try await withTerm(of: try candidates.make("a:1")) { term in
            #expect(await term.write(WriteBatch(number: 1)).durableBatch == 1)
            try await candidates.usurp()
            let late = await term.write(batch(2, (.app(web.id), .app(record(web)))))
            #expect(late.failure?.contains("Another controller leads") == true, "\(late)")
            #expect(await term.ended().contains("Another controller leads"))
            #expect(await term.write(WriteBatch(number: 3)).failure != nil, "an empty batch checks the term, too")
            await #expect(throws: (any Error).self) { try await term.load() }
        }
        try await withTerm(of: try candidates.make("b:1")) { term in
            let image = try await term.load()
            #expect(image.apps.isEmpty)
        }
    }

    @Test(arguments: Backing.allCases)
    func `leadership that is given up ends the term, and what comes later fails in order`(
        _ backing: Backing
    ) async throws {
        let candidates = try Candidates(backing)
        let term = try await candidates.make("a:1").lead { _ in }
        async let reason = term.ended()
        await term.resign()
        #expect(await reason.contains("given up"))
        let told = Notes<Int>()
        for number in 1...20 {
            term.commit(CommitTicket(WriteBatch(number: number))) { outcome in
                if outcome.failure != nil { told.add(number) }
            }
        }
        try await until("all failures are told") { told.all.count == 20 }
        #expect(told.all == Array(1...20))
        await term.resign()
    }

    @Test(arguments: Backing.allCases)
    func `a second candidate follows, says whom, and takes over with a greater epoch`(_ backing: Backing) async throws {
        let candidates = try Candidates(backing)
        let web = spec(try app("/web"))
        let first = try await candidates.make("one:8080").lead { _ in }
        let reports = Notes<StoreReport>()
        let second = Task {
            try await withTerm(of: try candidates.make("two:8080")) {
                reports.add($0)
            } _: { term in
                (term.epoch, try await term.load().apps.keys.sorted())
            }
        }
        try await until("the second follows") { reports.all == [.following(leader: "one:8080")] }
        #expect(await first.write(batch(1, (.app(web.id), .app(record(web))))).durableBatch == 1)
        await first.resign()
        let (epoch, apps) = try await second.value
        #expect(epoch > first.epoch)
        #expect(apps == [web.id])
    }

    @Test(arguments: Backing.allCases)
    func `candidates lead one after the other, whoever gives up waiting`(_ backing: Backing) async throws {
        let candidates = try Candidates(backing)
        let first = try await candidates.make("one:1").lead { _ in }
        let impatient = Task { try await candidates.make("two:1").lead { _ in } }
        try await until("the second stands") { try await candidates.standing() == 2 }
        let patient = Task { try await withTerm(of: try candidates.make("three:1")) { $0.epoch } }
        try await until("the third stands") { try await candidates.standing() == 3 }
        impatient.cancel()
        await #expect(throws: CancellationError.self) { try await impatient.value }
        try await until("the second is gone") { try await candidates.standing() == 2 }
        await first.resign()
        #expect(try await patient.value == first.epoch + 1)
    }

    @Test(arguments: Backing.allCases)
    func `waiting for the end can be cancelled without ending the term`(_ backing: Backing) async throws {
        try await withTerm(of: try Candidates(backing).make("a:1")) { term in
            let waiting = Task { await term.ended() }
            waiting.cancel()
            #expect(await waiting.value.contains("cancelled"))
            #expect(await term.write(WriteBatch(number: 1)).durableBatch == 1)
        }
    }
}
