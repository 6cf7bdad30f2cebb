import Controller
import Domain
import Logging
import StatusSamples
import Testing
import WebAPI

/// Every way to ask wrongly is answered with problem+json that says what is wrong.
@Suite struct RefusalTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var method: String
        var path: String
        var body = ""
        var mediaType = "application/json"
        var status: Int
        var kind: String
        var says: String

        var testDescription: String { "\(method) \(path) \(body.prefix(40))" }
    }

    static let rows: [Row] = [
        Row(method: "GET", path: "/nowhere", status: 404, kind: "not-found", says: "nothing at /nowhere"),
        Row(method: "GET", path: "/api/v1/apps/shop/none", status: 404, kind: "not-found", says: "no app /shop/none"),
        Row(method: "GET", path: "/api/v1/apps/Shop", status: 400, kind: "bad-request", says: "/Shop is no app id"),
        Row(method: "GET", path: "/api/v1/plan?source=ops", status: 404, kind: "not-found", says: "no source ops"),
        Row(method: "DELETE", path: "/api/v1/status", status: 405, kind: "method-not-allowed", says: "DELETE"),
        Row(method: "TRACE", path: "/api/v1/status", status: 405, kind: "method-not-allowed", says: "TRACE"),
        Row(method: "GET", path: "/api/v1/sync", status: 405, kind: "method-not-allowed", says: "GET"),
        Row(method: "POST", path: "/api/v1/sync", body: "{", status: 400, kind: "bad-request", says: "not JSON"),
        Row(
            method: "POST",
            path: "/api/v1/sync",
            body: #"{"sorce":"shop"}"#,
            status: 400,
            kind: "bad-request",
            says: "sorce: there is no such key; the keys are confirm, source"
        ),
        Row(
            method: "POST",
            path: "/api/v1/plan",
            body: #"{"sorce":"shop","files":{}}"#,
            status: 400,
            kind: "bad-request",
            says: "sorce: there is no such key; the keys are files, source"
        ),
        Row(
            method: "POST",
            path: "/api/v1/sync",
            body: #"{"source":3}"#,
            status: 400,
            kind: "bad-request",
            says: "source must be a text, but is a number"
        ),
        Row(
            method: "POST",
            path: "/api/v1/sync",
            body: "[]",
            status: 400,
            kind: "bad-request",
            says: "the document must be an object, but is a list"
        ),
        Row(
            method: "POST",
            path: "/api/v1/plan",
            body: #"{"files":"web.yaml"}"#,
            status: 400,
            kind: "bad-request",
            says: "files must be an object, but is a text"
        ),
        Row(
            method: "POST",
            path: "/api/v1/rollouts",
            body: #"{"verb":"pause","who":"ada@desk","apps":{}}"#,
            status: 400,
            kind: "bad-request",
            says: "apps must be a list, but is an object"
        ),
        Row(
            method: "POST",
            path: "/api/v1/sync",
            body: #"{"source":"ops"}"#,
            status: 404,
            kind: "not-found",
            says: "no source ops"
        ),
        Row(
            method: "POST",
            path: "/api/v1/sync",
            body: #"{"confirm":"abc"}"#,
            status: 400,
            kind: "bad-request",
            says: "confirm is no plan hash: abc"
        ),
        Row(
            method: "POST",
            path: "/api/v1/sync",
            body: "{}",
            mediaType: "text/plain",
            status: 415,
            kind: "unsupported-media-type",
            says: "text/plain"
        ),
        Row(
            method: "POST",
            path: "/api/v1/sync",
            body: #"{"source":"\#(String(repeating: "x", count: 70_000))"}"#,
            status: 413,
            kind: "too-large",
            says: "larger than 65536 bytes"
        ),
        Row(
            method: "POST",
            path: "/api/v1/sync",
            body: "{}",
            status: 409,
            kind: "refused",
            says: "nothing was prepared"
        ),
        Row(method: "POST", path: "/api/v1/plan", status: 400, kind: "bad-request", says: "empty"),
        Row(
            method: "POST",
            path: "/api/v1/plan",
            body: #"{"files":{}}"#,
            status: 400,
            kind: "bad-request",
            says: "cannot be read"
        ),
    ]

    @Test(arguments: rows) func `a wrong request is told what is wrong`(row: Row) async throws {
        try await withServer(FakeController(try Sample.shop())) { client in
            let headers = row.body.isEmpty ? [:] : ["Content-Type": row.mediaType]
            let reply = try await client.send(row.method, row.path, headers: headers, body: row.body)
            #expect(reply.status == row.status)
            #expect(reply.headers["content-type"] == "application/problem+json")
            let problem = try reply.decode(ProblemDetails.self)
            #expect(problem.type == "urn:pacer:problem:\(row.kind)")
            #expect(problem.status == row.status)
            #expect(problem.detail.contains(row.says), "\(problem.detail)")
            #expect(problem.instance == row.path.split(separator: "?").first.map(String.init))
        }
    }

    @Test func `a method that is not possible is answered with those that are`() async throws {
        try await withServer(FakeController(try Sample.shop())) { client in
            let plan = try await client.send("DELETE", "/api/v1/plan")
            #expect(plan.headers["allow"] == "GET, HEAD, POST")
            let sync = try await client.get("/api/v1/sync")
            #expect(sync.headers["allow"] == "POST")
        }
    }

    @Test(arguments: [
        ("10.0.0.7:8080", "http://10.0.0.7:8080"), ("https://leader.example/", "https://leader.example"),
    ])
    func `a follower sends readers and syncs to the leader`(address: String, base: String) async throws {
        var snapshot = try Sample.shop()
        snapshot.leadership = .following(leader: address)
        try await withServer(FakeController(snapshot)) { client in
            for (method, path) in [("GET", "/api/v1/plan?source=shop"), ("POST", "/api/v1/sync")] {
                let reply = try await client.send(method, path)
                #expect(reply.status == 307)
                #expect(reply.headers["location"] == base + path)
            }
        }
    }

    @Test(arguments: [Leadership.following(leader: nil), .candidate("ZooKeeper at 127.0.0.1:1 does not answer")])
    func `without a leader there is a reason instead of an empty answer`(leadership: Leadership) async throws {
        var snapshot = try Sample.shop()
        snapshot.leadership = leadership
        try await withServer(FakeController(snapshot)) { [snapshot] client in
            let reply = try await client.get("/api/v1/status")
            #expect(reply.status == 503)
            #expect(try reply.decode(ProblemDetails.self).obstacles == snapshot.obstacles)
        }
    }

    @Test(.timeLimit(.minutes(1))) func `who is named as the leader by its earlier run does not redirect to itself`()
        async throws
    {
        let controller = FakeController(try Sample.shop())
        try await withServer(controller) { client in
            var snapshot = try Sample.shop()
            snapshot.leadership = .following(leader: "http://127.0.0.1:\(client.port)/")
            controller.show(snapshot)
            for path in ["/api/v1/status", "/readyz"] {
                let reply = try await client.get(path)
                #expect(reply.status == 503, "\(path)")
                let problem = try reply.decode(ProblemDetails.self)
                #expect(problem.detail.hasPrefix("an earlier run of this controller still holds the lead"), "\(path)")
            }
            snapshot.leadership = .following(leader: "http://127.0.0.1:\(client.port == 1 ? 2 : 1)")
            controller.show(snapshot)
            #expect(try await client.get("/api/v1/status").status == 307)
        }
    }

    @Test func `an address that is taken is told with what to do`() async throws {
        try await withServer(FakeController(try Sample.shop())) { client in
            let second = WebServer(
                address: WebServer.Address(host: "127.0.0.1", port: client.port),
                controller: FakeController(try Sample.shop()),
                preview: { _, _ in throw NoPreview() },
                sha256: sampleSHA256,
                logger: .init(label: "test")
            )
            let failure = await #expect(throws: WebServer.ListenFailure.self) { try await second.run() }
            #expect(failure?.description.contains("127.0.0.1:\(client.port): the address is in use") == true)
        }
    }
}
