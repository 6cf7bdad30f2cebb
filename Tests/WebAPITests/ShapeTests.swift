import Controller
import Domain
import Planning
import StatusSamples
import Testing
import WebAPI

/// The documents, as the issue and the tools that read them have them.
@Suite struct ShapeTests {
    private func pretty(_ document: some Encodable) throws -> String {
        String(decoding: try JSON.encode(document, .pretty), as: UTF8.self) + "\n"
    }

    @Test func `status`() throws {
        try Golden.expect(pretty(StatusDocument(Sample.shop())), is: "status.json")
    }

    @Test func `an app`() throws {
        try Golden.expect(pretty(AppDocument(Sample.web(), at: Sample.noon)), is: "app.json")
    }

    @Test func `an app that was never read`() throws {
        try Golden.expect(pretty(AppDocument(Sample.broken(), at: Sample.noon)), is: "app-broken.json")
    }

    @Test func `a plan`() throws {
        let plan = Plan(changes: [try Sample.change()], problems: [Sample.brokenFile], hash: sampleSHA256([1]))
        try Golden.expect(pretty(PlanDocument(plan, found: [])), is: "plan.json")
    }

    @Test func `drift`() throws {
        try Golden.expect(pretty(DriftDocument([Sample.episode()])), is: "drift.json")
    }

    @Test func `a sync`() throws {
        let outcome = SyncOutcome(
            source: "shop",
            result: .applied,
            revision: Sample.revision,
            deployment: DeploymentID("shop-4"),
            planHash: sampleSHA256([2])
        )
        let failure = SyncOutcome(source: "ops", result: .failed, revision: nil, message: "the branch main is gone")
        try Golden.expect(pretty(SyncDocument([outcome, failure])), is: "sync.json")
    }

    @Test func `every document reads back as what was written`() throws {
        let snapshot = try Sample.shop()
        let status = StatusDocument(snapshot)
        #expect(try JSON.decode(StatusDocument.self, from: JSON.encode(status)) == status)
        let app = AppDocument(try Sample.web(), at: Sample.noon)
        #expect(try JSON.decode(AppDocument.self, from: JSON.encode(app)) == app)
        let drift = DriftDocument(snapshot.drift)
        #expect(try JSON.decode(DriftDocument.self, from: JSON.encode(drift)) == drift)
    }

    @Test func `a plan read from its document says the same`() throws {
        let plan = Plan(changes: [try Sample.change()], problems: [Sample.brokenFile], hash: sampleSHA256([1]))
        let document = try JSON.decode(PlanDocument.self, from: JSON.encode(PlanDocument(plan, found: [])))
        let read = try #require(document.plan)
        #expect(read.changes == plan.changes)
        #expect(read.problems == plan.problems)
        #expect(read.hash == plan.hash)
    }

    @Test(
        arguments: [
            (0, "0"), (1_000_000, "1"), (1_500_000, "1.5"), (100_000, "0.1"), (1, "1e-06"), (-250_000, "-0.25"),
            (1_150_000, "1.15"), (300_000_000, "300"), (123_456_789_123_456, "123456789.123456"),
        ] as [(Int64, String)]
    )
    func `a number of millionths is the decimal it stands for`(count: Int64, json: String) throws {
        let value = JSONValue(FieldValue.millionths(count))
        #expect(String(decoding: try JSON.encode(value), as: UTF8.self) == json)
        let back = try JSON.decode(JSONValue.self, from: Array(json.utf8)).fieldValue
        #expect(back.description == FieldValue.millionths(count).description)
    }

    @Test func `another major version is refused`() {
        let bytes = Array(#"{"format_version":"2.0","episodes":[]}"#.utf8)
        #expect(throws: DecodingError.self) { try JSON.decode(DriftDocument.self, from: bytes) }
    }

    @Test func `a newer minor version and unknown keys are read`() throws {
        let bytes = Array(#"{"format_version":"1.7","episodes":[],"more":{"to":"come"}}"#.utf8)
        #expect(try JSON.decode(DriftDocument.self, from: bytes).episodes.isEmpty)
    }
}
