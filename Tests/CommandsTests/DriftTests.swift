import Domain
import StatusSamples
import Testing
import WebAPI

@Suite struct DriftTests {
    private func session(_ episodes: [DriftEpisode]) throws -> Session {
        let api = FakeAPI()
        try api.answer("GET /api/v1/drift", DriftDocument(episodes))
        return Session(exchange: api.exchange)
    }

    @Test func `drift is shown and has status 2`() async throws {
        let whole = DriftEpisode(
            app: nil,
            subject: "shop",
            kind: .sourceBehind,
            cause: "the branch main is gone",
            firstSeen: Sample.noon,
            lastSeen: Sample.noon,
            expected: "the newest commit applied",
            actual: "4f0c5a2e9b1d applied",
            action: ""
        )
        let run = try await session([Sample.episode(), whole]).run("drift")
        #expect(run.status == 2)
        try Golden.expect(run.out, is: "drift.txt")
    }

    @Test func `no drift is said and has status 0`() async throws {
        let run = try await session([]).run("drift")
        #expect(run.status == 0)
        #expect(run.out == "No drift. What runs is what was applied.\n")
    }

    @Test func `the document for programs has the same status`() async throws {
        let run = try await session([Sample.episode()]).run("drift", "-o", "json")
        #expect(run.status == 2)
        #expect(try JSON.decode(DriftDocument.self, from: Array(run.out.utf8)).episodes.count == 1)
        #expect(try await session([]).run("drift", "-o", "json").status == 0)
    }

    @Test func `without a controller the status is 1`() async {
        #expect(await Session().run("drift").status == 1)
    }
}
