import Commands
import Testing
import WebAPI

/// How the commands find and understand a controller.
@Suite struct ClientTests {
    @Test(
        arguments: [
            ([], [:], "http://127.0.0.1:8080"), ([], ["PACER_SERVER": "http://env:1/"], "http://env:1"),
            (["--server", "http://flag:2"], ["PACER_SERVER": "http://env:1"], "http://flag:2"),
            ([], ["PACER_SERVER": ""], "http://127.0.0.1:8080"),
        ] as [([String], [String: String], String)]
    )
    func `a flag counts more than the variable, the variable more than the default`(
        flags: [String],
        environment: [String: String],
        server: String
    ) async throws {
        let api = FakeAPI()
        try api.answer("GET /api/v1/drift", DriftDocument([]))
        let session = Session(environment: environment, exchange: api.exchange)
        _ = flags.isEmpty ? await session.run("drift") : await session.run("drift", flags[0], flags[1])
        #expect(api.calls.map(\.url) == ["\(server)/api/v1/drift"])
    }

    @Test func `a controller that is not there is told in one line, with what to do`() async {
        let session = Session { _ in throw NoAnswer("connection refused") }
        let run = await session.run("status", "--server", "http://127.0.0.1:1")
        #expect(run.status == 1)
        #expect(
            run.error == "pacer: no controller answers at http://127.0.0.1:1 (connection refused); start one with"
                + " `pacer controller --config FILE`, or give --server or PACER_SERVER\n"
        )
    }

    @Test(arguments: [
        (["rollout", "pause", "/shop/web"], true), (["sync"], true), (["status"], false),
    ])
    func `an order whose answer does not come may have been taken, and that is said`(
        arguments: [String],
        mayBeDone: Bool
    ) async {
        let session = Session { _ in throw NoAnswer("the connection broke", mayHaveArrived: true) }
        let run = await session.run(arguments)
        #expect(run.status == 1)
        #expect(run.error.contains("what was asked may have been done all the same") == mayBeDone, "\(run.error)")
        #expect(run.error.contains("no controller answers") != mayBeDone, "\(run.error)")
        let unreachable = Session { _ in throw NoAnswer("connection refused") }
        #expect(await unreachable.run(arguments).error.contains("no controller answers"))
    }

    @Test func `a server that is no URL is told`() async {
        let run = await Session().run("status", "--server", "localhost:8080")
        #expect(run.error == "pacer: “localhost:8080” is no controller's address; write it as http://host:port\n")
    }

    @Test func `a problem is told with its hint`() async throws {
        let api = FakeAPI()
        let problem = ProblemDetails(
            kind: "not-ready",
            title: "Not ready",
            status: 503,
            detail: "ZooKeeper does not answer",
            hint: "see the log"
        )
        api.answer("GET /api/v1/status", with: APIAnswer(status: 503, body: Array(try JSON.encode(problem))))
        let run = await Session(exchange: api.exchange).run("status")
        #expect(run.error == "pacer: ZooKeeper does not answer; see the log\n")
        #expect(run.status == 1)
    }

    @Test func `what is no controller is told`() async {
        let api = FakeAPI()
        api.answer("GET /api/v1/status", with: APIAnswer(status: 502, body: Array("<html>".utf8)))
        let run = await Session(exchange: api.exchange).run("status")
        #expect(run.error.contains("answered with status 502, not as a controller does; check --server"))
        api.answer("GET /api/v1/status", with: APIAnswer(status: 200, body: Array("<html>".utf8)))
        #expect(await Session(exchange: api.exchange).run("status").error.contains("cannot be read: it is not JSON"))
    }

    @Test func `another major version is told`() async {
        let api = FakeAPI()
        let body = Array(#"{"format_version":"2.0","episodes":[]}"#.utf8)
        api.answer("GET /api/v1/drift", with: APIAnswer(status: 200, body: body))
        let run = await Session(exchange: api.exchange).run("drift")
        #expect(run.status == 1)
        #expect(run.error.contains("format_version is 2.0, this program reads 1.x"))
    }

    @Test func `a follower's word leads to the leader`() async throws {
        let document = Array(try JSON.encode(DriftDocument([])))
        let session = Session { call in
            guard call.url.hasPrefix("http://leader:1/") else {
                return APIAnswer(status: 307, location: "http://leader:1/api/v1/drift", body: [])
            }
            return APIAnswer(status: 200, body: document)
        }
        #expect(await session.run("drift").status == 0)
    }

    @Test func `two that send one another the request are told`() async {
        let session = Session { call in APIAnswer(status: 307, location: call.url, body: []) }
        let run = await session.run("drift")
        #expect(run.status == 1)
        #expect(run.error.contains("send one another the request"))
    }
}
