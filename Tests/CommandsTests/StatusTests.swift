import Controller
import Domain
import Scheduling
import StatusSamples
import Testing
import WebAPI

@Suite struct StatusTests {
    private func session(
        _ snapshot: Snapshot,
        environment: [String: String] = [:],
        isInteractive: Bool = false
    ) throws -> Session {
        let api = FakeAPI()
        try api.answer("GET /api/v1/status", StatusDocument(snapshot))
        return Session(environment: environment, isInteractive: isInteractive, exchange: api.exchange)
    }

    @Test func `a table for people`() async throws {
        let run = try await session(Sample.shop()).run("status")
        #expect(run.status == 0)
        #expect(run.error.isEmpty)
        try Golden.expect(run.out, is: "status.txt")
    }

    @Test func `what stands in the way is said first`() async throws {
        var snapshot = try Sample.shop()
        snapshot.mesos.phase = .connecting
        snapshot.mesos.reason = "no leading master"
        snapshot.sources[0].record.seen = Revision("00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff")
        snapshot.sources[0].failure = SourceTrouble(
            message: "the host does not answer",
            hint: "check the network",
            since: Sample.noon
        )
        snapshot.sources[0].record.held = HeldPlan(
            planHash: sampleSHA256([5]),
            revision: Sample.revision,
            reason: "it would remove 12 of 20 apps"
        )
        let run = try await session(snapshot).run("status")
        try Golden.expect(run.out, is: "status-obstacles.txt")
    }

    @Test func `without apps there is a sentence`() async throws {
        var snapshot = try Sample.shop()
        snapshot.apps = [:]
        let run = try await session(snapshot).run("status")
        #expect(run.out.contains("There are no apps yet."))
    }

    @Test func `the document for programs`() async throws {
        let run = try await session(Sample.shop()).run("status", "--output", "json")
        let document = try JSON.decode(StatusDocument.self, from: Array(run.out.utf8))
        #expect(document == StatusDocument(try Sample.shop()))
    }

    @Test(
        arguments: [
            ([:], false, false), ([:], true, true), (["NO_COLOR": "1"], true, false), (["NO_COLOR": ""], true, true),
            (["TERM": "dumb"], true, false), (["CLICOLOR_FORCE": "1"], false, true),
            (["CLICOLOR_FORCE": "1", "NO_COLOR": "1"], true, false),
        ] as [([String: String], Bool, Bool)]
    )
    func `colours are for terminals whose owner wants them`(
        environment: [String: String],
        isInteractive: Bool,
        colours: Bool
    ) async throws {
        let run = try await session(Sample.shop(), environment: environment, isInteractive: isInteractive).run("status")
        #expect(run.out.contains("\u{1B}[") == colours)
        if colours {
            let plain = run.out.replacing(#/\u{1B}\[[0-9]+m/#, with: "")
            try Golden.expect(plain, is: "status.txt")
        }
    }

    @Test func `control characters of others do not reach the terminal`() async throws {
        var snapshot = try Sample.shop()
        snapshot.mesos.phase = .connecting
        snapshot.mesos.reason = "bad \u{1B}]0;title\u{07} answer\nwith lines"
        let run = try await session(snapshot).run("status")
        #expect(!run.out.contains("\u{1B}"))
        #expect(run.out.contains("bad \u{FFFD}]0;title\u{FFFD} answer\u{FFFD}with lines"))
    }

    @Test func `what a plan cannot do is told with the app, the source, the reason and what to do`() async throws {
        try Golden.expect(try await session(Sample.refused()).run("status").out, is: "status-refused.txt")
    }

    @Test func `a file that is wrong as a whole is told without a line`() async throws {
        let api = FakeAPI()
        var snapshot = try Sample.shop()
        let id = try Sample.id("/shop/cart")
        snapshot.apps[id]?.problems[0].line = 0
        try api.answer("GET /api/v1/status", StatusDocument(snapshot))
        let run = await Session(exchange: api.exchange).run("status")
        #expect(run.out.contains("  shop/cart.yaml is broken\n"), "\(run.out)")
    }
}
