import Domain
import Testing

@testable import ZooKeeperStore

/// Records of apps that a person has scaled, and those of all others, which are what they were before that was possible.
@Suite struct ScaleRecordTests {
    private func record() throws -> AppRecord {
        let web = spec(try app("/web"))
        return AppRecord(id: web.id, source: "shop", file: "web.yaml", desired: web.digest, revision: Revision("r1"))
    }

    @Test(arguments: [nil, Instant(milliseconds: 9)])
    func `an app comes back with the number in force, who wanted it and until when`(until: Instant?) throws {
        var scaled = try record()
        scaled.scale = ScaleOverride(
            instances: 7,
            order: Order(who: "ada@desk", why: "the fair", at: Instant(milliseconds: 5), until: until),
            deployment: DeploymentID("shop-7-1")
        )
        let bytes = try RecordCodec().encode(scaled)
        #expect(try RecordCodec().decode(AppRecord.self, from: bytes) == scaled)
    }

    @Test func `the record of an older Pacer is read, and one of an app that nobody scaled is such a record`() throws {
        let written = try RecordCodec().encode(try record())
        #expect(!String(decoding: written, as: UTF8.self).contains("\"scale\""))
        let older =
            #"1j{"file":"web.yaml","id":{"path":"/web"},"nextInstance":4,"revision":"r1","source":"shop","#
            + #""suspension":{"at":{"milliseconds":5},"until":{"milliseconds":9},"who":"ada@desk","why":""}}"#
        let read = try RecordCodec().decode(AppRecord.self, from: Array(older.utf8))
        #expect(read.scale == nil)
        #expect(read.suspension?.who == "ada@desk")
        #expect(read.nextInstance == 4)
    }
}
