import Controller
import Domain
import Planning
import Scheduling
import StatusSamples
import Testing
import WebAPI

/// The routes, over a socket.
@Suite struct RouteTests {
    @Test func `healthz says that the process is alive, whatever else is wrong`() async throws {
        let candidate = Snapshot(
            name: "pacer",
            environment: nil,
            leadership: .candidate("ZooKeeper does not answer"),
            at: Sample.noon
        )
        try await withServer(FakeController(candidate)) { client in
            let reply = try await client.get("/healthz")
            #expect(reply.status == 200)
        }
    }

    @Test func `the schema of manifests is for everybody, and the one that lies in the documentation`() async throws {
        let candidate = Snapshot(
            name: "pacer",
            environment: nil,
            leadership: .candidate("no ZooKeeper"),
            at: Sample.noon
        )
        try await withServer(FakeController(candidate)) { client in
            let reply = try await client.get("/api/v1/schema")
            #expect(reply.status == 200)
            #expect(reply.headers["content-type"] == "application/schema+json")
            try Golden.expect(String(decoding: reply.body, as: UTF8.self), is: "../../../docs/manifest.schema.json")
        }
    }

    @Test func `readyz names every obstacle`() async throws {
        var snapshot = try Sample.shop()
        snapshot.mesos.phase = .connecting
        snapshot.mesos.reason = "no leading master"
        snapshot.sources[0].failure = SourceTrouble(
            message: "the branch main is gone",
            hint: "push it",
            since: Sample.noon
        )
        let controller = FakeController(snapshot)
        try await withServer(controller) { client in
            let reply = try await client.get("/readyz")
            #expect(reply.status == 503)
            #expect(reply.headers["content-type"] == "application/problem+json")
            let problem = try reply.decode(ProblemDetails.self)
            #expect(
                problem.obstacles == ["Mesos: no leading master", "source shop: the branch main is gone"]
            )
            controller.show(try Sample.shop())
            #expect(try await client.get("/readyz").status == 200)
        }
    }

    @Test func `status, an app, the plan and drift are served as documents`() async throws {
        let snapshot = try Sample.shop()
        try await withServer(FakeController(snapshot)) { client in
            let status = try await client.get("/api/v1/status")
            #expect(status.status == 200)
            #expect(status.headers["content-type"] == "application/json")
            #expect(try status.decode(StatusDocument.self) == StatusDocument(snapshot))

            let app = try await client.get("/api/v1/apps/shop/web")
            #expect(try app.decode(AppDocument.self) == AppDocument(try Sample.web(), at: Sample.noon))

            let plan = try await client.get("/api/v1/plan").decode(PlanDocument.self)
            #expect(plan.summary.replace == 1)
            #expect(plan.planHash == sampleSHA256([1]).hex)
            #expect(plan.sources?.map(\.source) == ["shop"])

            let drift = try await client.get("/api/v1/drift").decode(DriftDocument.self)
            #expect(drift.episodes.map(\.kind) == ["missing"])
        }
    }

    @Test func `a plan that nobody made yet is not shown as one without changes`() async throws {
        var snapshot = try Sample.shop()
        snapshot.sources[0].plan = nil
        try await withServer(FakeController(snapshot)) { client in
            let reply = try await client.get("/api/v1/plan")
            #expect(reply.status == 503)
            #expect(try reply.decode(ProblemDetails.self).detail.contains("no plan for source shop"))
        }
        var other = SourceStatus(name: "ops", group: .root, record: SourceRecord(name: "ops"))
        other.failure = SourceTrouble(message: "no route to host", hint: "check the network", since: Sample.noon)
        snapshot.sources = try Sample.shop().sources + [other]
        try await withServer(FakeController(snapshot)) { client in
            let plan = try await client.get("/api/v1/plan").decode(PlanDocument.self)
            #expect(plan.planHash == sampleSHA256([1]).hex)
            #expect(plan.sources?.map(\.planHash) == [sampleSHA256([1]).hex, nil])
            #expect(plan.sources?.map(\.failure) == [nil, "no route to host"])
        }
    }

    @Test func `a source that is not configured any more is shown with its held plan, and counts for nothing else`()
        async throws
    {
        var snapshot = try Sample.shop()
        let reason = "the source is not in the configuration"
        var former = SourceStatus(name: "old", group: .root, record: SourceRecord(name: "old"))
        former.isConfigured = false
        snapshot.sources.append(former)
        try await withServer(FakeController(snapshot)) { client in
            let plan = try await client.get("/api/v1/plan").decode(PlanDocument.self)
            #expect(plan.sources?.last?.failure?.contains("not in the configuration") == true)
            let status = try await client.get("/api/v1/status").decode(StatusDocument.self)
            #expect(status.revision == Sample.revision.rawValue, "one source is configured")
            let preview = try await client.post("/api/v1/plan", json: #"{"files": {}}"#)
            let detail = try preview.decode(ProblemDetails.self).detail
            #expect(!detail.contains("which source"), "there is only one that can be meant: \(detail)")
        }
        snapshot.sources[1].record.held = HeldPlan(
            planHash: sampleSHA256([9]),
            revision: Sample.revision,
            reason: reason,
            removesSource: true
        )
        snapshot.sources[1].plan = Plan(changes: [], problems: [], hash: sampleSHA256([9]))
        try await withServer(FakeController(snapshot)) { client in
            let plan = try await client.get("/api/v1/plan").decode(PlanDocument.self)
            #expect(plan.sources?.map(\.held) == [nil, reason])
            let status = try await client.get("/api/v1/status").decode(StatusDocument.self)
            #expect(status.sources.map(\.held?.planHash) == [nil, sampleSHA256([9]).hex])
        }
    }

    @Test func `HEAD has the headers of GET and no body`() async throws {
        try await withServer(FakeController(try Sample.shop())) { client in
            let reply = try await client.send("HEAD", "/api/v1/status")
            let whole = try await client.get("/api/v1/status")
            #expect(reply.status == 200)
            #expect(reply.body.isEmpty)
            #expect(reply.headers["etag"] == whole.headers["etag"])
            #expect(reply.headers["content-length"] == "\(whole.body.count)")
        }
    }

    @Test func `every answer carries the request's id`() async throws {
        try await withServer(FakeController(try Sample.shop())) { client in
            let first = try await client.get("/healthz").headers["x-request-id"]
            let second = try await client.get("/nowhere").headers["x-request-id"]
            #expect(first?.isEmpty == false)
            #expect(second?.isEmpty == false)
            #expect(first != second)
        }
    }

    @Test(arguments: ["\"7-42\"", "W/\"7-42\"", "\"1-1\", \"7-42\"", "*"])
    func `a client that has the snapshot already gets 304`(known: String) async throws {
        try await withServer(FakeController(try Sample.shop())) { client in
            for path in ["/api/v1/status", "/api/v1/apps/shop/web", "/api/v1/plan", "/api/v1/drift"] {
                let reply = try await client.get(path, headers: ["If-None-Match": known])
                #expect(reply.status == 304, "\(path)")
                #expect(reply.body.isEmpty)
                #expect(reply.headers["etag"] == "\"7-42\"")
            }
        }
    }

    @Test(arguments: ["\"7-41\"", "\"6-42\"", "7-42"])
    func `a client that has another snapshot gets the new one`(known: String) async throws {
        try await withServer(FakeController(try Sample.shop())) { client in
            let reply = try await client.get("/api/v1/status", headers: ["If-None-Match": known])
            #expect(reply.status == 200)
            #expect(reply.headers["etag"] == "\"7-42\"")
        }
    }

    @Test func `a sync is handed to the controller with its source and hash`() async throws {
        let outcome = SyncOutcome(source: "shop", result: .applied, revision: Sample.revision)
        let controller = FakeController(try Sample.shop(), reply: .synced([outcome]))
        let hash = sampleSHA256([9])
        try await withServer(controller) { client in
            let plain = try await client.send("POST", "/api/v1/sync")
            #expect(plain.status == 200)
            #expect(try plain.decode(SyncDocument.self) == SyncDocument([outcome]))
            let body = #"{"source":"shop","confirm":"\#(hash.hex)"}"#
            #expect(try await client.post("/api/v1/sync", json: body).status == 200)
        }
        let asked = controller.asked.map { request -> String in
            guard case .sync(let source, let confirm) = request else { return "preview" }
            return "\(source ?? "all") \(confirm?.hex ?? "none")"
        }
        #expect(asked == ["all none", "shop \(hash.hex)"])
    }

    @Test func `a posted tree is read for its source and planned`() async throws {
        let plan = Plan(changes: [try Sample.change()], problems: [], hash: sampleSHA256([3]))
        let controller = FakeController(try Sample.shop(), reply: .plan(plan))
        let preview: PreviewReader = { source, files in
            DesiredState(
                source: source,
                group: .root,
                revision: Revision("preview"),
                tree: files.keys.sorted().joined(separator: ",")
            )
        }
        try await withServer(controller, preview: preview) { client in
            let body = #"{"files":{"web.yaml":"id: web","db.yaml":"id: db"}}"#
            let reply = try await client.post("/api/v1/plan", json: body)
            #expect(reply.status == 200)
            #expect(try reply.decode(PlanDocument.self) == PlanDocument(plan, found: []))
        }
        guard case .preview(let state) = controller.asked.first else {
            Issue.record("the controller was not asked for a preview")
            return
        }
        #expect(state.source == "shop")
        #expect(state.tree == "db.yaml,web.yaml")
    }
}
