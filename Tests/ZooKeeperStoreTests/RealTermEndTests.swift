import Boundary
import Domain
import Logging
import OrderedCollections
import Testing

@testable import ZooKeeperStore

extension WithZooKeeper.RealStore {
    /// The session of whoever leads, taken over by its owner's znode.
    @Test func `an expired session ends the term, and the candidate leads again with a greater epoch`() async throws {
        let address = try ZooKeeperAddress(theServer().address())
        let web = spec(try app("/web"))
        let store = try realStore(address)
        let first = try await store.term { _ in }
        #expect(await first.write(batch(1, (.app(web.id), .app(record(web))))).durableBatch == 1)
        try await expire(first.session)
        #expect(await first.ended().contains("expire"))
        let late = await first.write(batch(2, (.app(web.id), .app(record(web, revision: "late")))))
        #expect(late.failure != nil)
        try await withTerm(of: store) { second in
            #expect(second.epoch == first.epoch + 1)
            let image = try await second.load()
            #expect(image.apps == [web.id: record(web)])
        }
        await first.resign()
    }

    @Test func `when the leader's session expires the next candidate leads, and both agree on what was written`()
        async throws
    {
        let address = try ZooKeeperAddress(theServer().address())
        let first = try await realStore(address, "one:1").term { _ in }
        let reports = Notes<StoreReport>()
        let web = spec(try app("/web"))
        let acknowledged = Notes<Int>()
        let second = Task {
            try await withTerm(of: try realStore(address, "two:1")) {
                reports.add($0)
            } _: { term in
                (term.epoch, try await term.load().apps[web.id]?.nextInstance ?? 0)
            }
        }
        try await until("the second follows") { reports.all == [.following(leader: "one:1")] }
        for number in 1...2000 {
            var changed = record(web)
            changed.nextInstance = number
            first.commit(CommitTicket(batch(number, (.app(web.id), .app(changed))))) { outcome in
                if let number = outcome.durableBatch { acknowledged.add(number) }
            }
        }
        try await expire(first.session)
        let (epoch, written) = try await second.value
        #expect(epoch == first.epoch + 1)
        #expect(written >= acknowledged.all.last ?? 0, "nothing that was acknowledged is lost")
        #expect(acknowledged.all == Array((1...2000).prefix(acknowledged.all.count)))
        await first.resign()
    }

    @Test func `a candidate waits for others, but not for a candidacy of its own process that is over`() async throws {
        let address = try ZooKeeperAddress(theServer().address())
        let layout = Layout(root: address.path)
        try await withTerm(of: try realStore(address)) { _ in }
        try await withSession(address) { lingering in
            // As after a session that could not be told to close: its znode stands, and the session lives.
            let old = try await lingering.create("\(layout.election)/old-", mode: .ephemeralSequential)
            let retired = RetiredCandidacies()
            let reports = Notes<StoreReport>()
            let winning = Task {
                try await withSession(address) { session in
                    try await Candidacy(
                        session: session,
                        layout: layout,
                        token: "new",
                        retired: retired,
                        apiAddress: "here:1",
                        patience: .seconds(60),
                        report: { reports.add($0) }
                    ).win().fence.epoch
                }
            }
            try await until("it follows") { reports.all == [.following(leader: nil)] }
            retired.add("old")
            // It looks again when anything changes about the one before it.
            _ = try await lingering.set(old, [1])
            #expect(try await winning.value == 2)
            #expect(try await lingering.exists(old) == nil)
        }
    }

    /// A write that was sent before is missing: as where a connection broke, and this one went out on the next.
    @Test func `a write is not carried out without all writes of the term before it`() async throws {
        let address = try ZooKeeperAddress(theServer().address())
        let layout = Layout(root: address.path)
        try await withTerm(of: try realStore(address)) { term in
            #expect(await term.write(WriteBatch(number: 1)).failure == nil)
            #expect(await term.write(WriteBatch(number: 2)).failure == nil)
            try await withSession(address) { session in
                let (value, stat) = try await session.get(layout.epoch)
                #expect(value == Array("\(term.epoch)".utf8))
                try await session.set(layout.epoch, value, version: stat.version)
            }
            let reason = try #require(await term.write(WriteBatch(number: 3)).failure)
            #expect(reason.contains("a write was lost"), "\(reason)")
        }
    }

    @Test func `a removed root ends the term with a reason`() async throws {
        let address = try ZooKeeperAddress(theServer().address())
        let layout = Layout(root: address.path)
        try await withTerm(of: try realStore(address)) { term in
            try await withSession(address) { try await $0.delete(layout.epoch) }
            let reason = try #require(await term.write(WriteBatch(number: 1)).failure)
            #expect(reason.contains("\(layout.epoch) is gone"), "\(reason)")
        }
    }
}
