import Domain
import OrderedCollections
import Testing

@testable import ZooKeeperStore

/// Records of apps with volumes, and those of all others, which are what they were before there were volumes.
@Suite struct ResidentRecordTests {
    @Test(arguments: Reservation.Phase.allCases)
    func `an instance comes back with all that is reserved for it`(phase: Reservation.Phase) throws {
        let web = spec(try app("/web"))
        var resident = instance(web, 1)
        var reservation = Reservation(
            id: ReservationID("web.1-1"),
            agent: Agent(id: AgentID("S1"), hostname: "a.example", attributes: ["rack": "r1"]),
            role: "db",
            volumes: [ReservedVolume(id: "web.1-1#0", containerPath: "data")],
            since: Instant(milliseconds: 5)
        )
        reservation.phase = phase
        resident.reservation = reservation
        resident.next = spec(try app("/web"), cmd: "walk").digest
        let bytes = try RecordCodec().encode([resident])
        #expect(try RecordCodec().decode([Instance].self, from: bytes) == [resident])
    }

    @Test(arguments: [nil, .waitForever, .relaunch(after: .seconds(5))] as [Residency?])
    func `a spec comes back with its volumes`(residency: Residency?) throws {
        var definition = spec(try app("/web")).app
        definition.persistentVolumes = [
            PersistentVolume(
                containerPath: "data",
                type: .mount,
                size: 1,
                maxSize: 2,
                profileName: "fast",
                constraints: [Constraint(field: "path", comparison: .like, value: "/ssd")]
            )
        ]
        definition.residency = residency
        let bytes = try RecordCodec().encode(definition)
        #expect(try RecordCodec().decode(AppSpec.self, from: bytes) == definition)
    }

    @Test func `without volumes nothing of it is written: such a record is what an older Pacer wrote`() throws {
        let web = spec(try app("/web"))
        let records = [
            try RecordCodec().encode(instance(web, 1, condition: .scheduled)), try RecordCodec().encode(web.app),
        ]
        for bytes in records {
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(text.hasPrefix("1j{"))
            for key in ["reservation", "next", "persistentVolumes", "residency"] {
                #expect(!text.contains("\"\(key)\""))
            }
        }
    }
}
