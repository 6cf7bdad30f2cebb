import Boundary
import Controller
import Domain
import Planning
import Simulation
import Testing

/// Drift goes on where it was when another leader takes over.
@Suite struct LedgerTests {
    let apps = (1...3).map { EngineBench.app("/app\($0)") }

    private func episodes(_ kind: DriftEpisode.Kind, in bench: EngineBench) -> [DriftEpisode] {
        bench.engine.snapshot(at: bench.now).drift.filter { $0.kind == kind }
    }

    /// A source with one app that git has no more and a commit that is held: drift of an app and of a source.
    private func drifting() -> EngineBench {
        var bench = EngineBench(sync: ControllerSettings.Sync(prune: false, pruneApps: 0))
        bench.find(apps, revision: "r1")
        bench.find(Array(apps.dropLast()), revision: "x2", descends: false)
        return bench
    }

    @Test func `what is found again after a take-over keeps when it was first seen`() throws {
        var bench = drifting()
        let unmanaged = try #require(episodes(.unmanaged, in: bench).first)
        let behind = try #require(episodes(.sourceBehind, in: bench).first)

        bench.restart()
        #expect(episodes(.unmanaged, in: bench).map(\.firstSeen) == [unmanaged.firstSeen], "git was not read yet")
        #expect(episodes(.sourceBehind, in: bench).map(\.firstSeen) == [behind.firstSeen])
        bench.now = bench.now + .minutes(5)
        bench.find(Array(apps.dropLast()), revision: "x2", descends: false)
        #expect(episodes(.unmanaged, in: bench).map(\.firstSeen) == [unmanaged.firstSeen])
        #expect(episodes(.sourceBehind, in: bench).map(\.firstSeen) == [behind.firstSeen])
    }

    @Test func `what is over after a take-over ends with its own beginning, and is stored no more`() throws {
        var bench = drifting()
        let first = try #require(episodes(.unmanaged, in: bench).first)
        bench.restart()
        bench.find(apps, revision: "r3")
        #expect(episodes(.unmanaged, in: bench) == [])
        let ended = bench.store.image.drift.filter { $0.key > 0 }.flatMap(\.value)
        #expect(ended.contains { $0.kind == .unmanaged && $0.firstSeen == first.firstSeen })
        #expect(bench.store.image.drift.filter { $0.key < 0 }.isEmpty)
    }

    @Test func `an open episode is written when it begins, and not at each look`() {
        var bench = drifting()
        #expect(bench.last.batch.writes.keys.contains { if case .drift(let part) = $0 { part < 0 } else { false } })
        bench.find(Array(apps.dropLast()), revision: "x2", descends: false)
        bench.turn([.tick])
        #expect(bench.last.batch.isEmpty)
    }
}
