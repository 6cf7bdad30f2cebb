import Domain
import OrderedCollections
import Rollout
import Simulation
import Testing

@testable import Controller

/// Every rollout that a reader is shown belongs to a deployment that can be looked at.
@Suite struct DeploymentBookTests {
    private let web = EngineBench.app("/web")

    /// The deployment that the store has for the app's rollout, and whether the store has its header.
    private func deployment(_ bench: EngineBench) -> (id: DeploymentID?, isStored: Bool) {
        let id = bench.store.record(of: web.id)?.rollout?.deployment
        return (id, id.map { bench.store.image.deployments[$0] != nil } ?? false)
    }

    private func suspended() -> EngineBench {
        var bench = EngineBench()
        bench.find([web], revision: "r1")
        let order = RolloutOrder(.suspend, .apps([web.id]), who: "ann", duration: .minutes(30))
        _ = bench.request(.rollout(order))
        return bench
    }

    @Test func `a suspension that ends by itself brings a deployment with a header`() {
        var bench = suspended()
        bench.now = bench.now + .minutes(31)
        bench.turn([.tick])
        #expect(bench.store.record(of: web.id)?.suspension == nil)
        let found = deployment(bench)
        #expect(found.id != nil)
        #expect(found.isStored, "\(found.id?.rawValue ?? "no rollout")")
    }

    @Test func `a suspension that somebody ends brings one too`() {
        var bench = suspended()
        _ = bench.request(.rollout(RolloutOrder(.resume, .apps([web.id]), who: "ann")))
        let found = deployment(bench)
        #expect(found.id != nil)
        #expect(found.isStored)
    }

    @Test func `a deployment that has ended for one app is open again when another comes back to it`() {
        var bench = suspended()
        _ = bench.request(.rollout(RolloutOrder(.resume, .apps([web.id]), who: "ann")))
        guard let record = bench.store.record(of: web.id), let id = record.rollout?.deployment,
            var header = bench.store.image.deployments[id]
        else {
            Issue.record("the app that runs again is in no deployment")
            return
        }
        header.finished = bench.now
        var book = DeploymentBook([id: header], epoch: 1)
        book.follow(web.id, record)
        #expect(book.settle(at: bench.now).changed.map(\.id) == [id])
        #expect(book.records[id]?.finished == nil)
    }

    @Test func `two leaders never give one id, though each counts from the start`() {
        let ids = [7, 8].map { DeploymentBook([:], epoch: $0).next(source: "shop") }
        #expect(ids == [DeploymentID("shop-7-1"), DeploymentID("shop-8-1")])
    }
}
