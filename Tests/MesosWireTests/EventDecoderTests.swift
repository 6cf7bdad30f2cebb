import Domain
import OrderedCollections
import Scheduling
import SwiftProtobuf
import Testing

@testable import MesosWire

struct EventDecoderTests {
    private func event(_ text: String) throws -> MesosEvent {
        try EventDecoder.decode(WireEvent(textFormatString: text).serializedBytes())
    }

    @Test func `the bytes of a heartbeat are Mesos's`() throws {
        #expect(try EventDecoder.decode([0x08, 0x08]) == .heartbeat)
    }

    @Test(
        arguments: [
            (
                "type: SUBSCRIBED subscribed { framework_id { value: 'F' } heartbeat_interval_seconds: 15 }",
                .subscribed(FrameworkID("F"), heartbeat: .seconds(15))
            ),
            (
                "type: SUBSCRIBED subscribed { framework_id { value: 'F' } }",
                .subscribed(FrameworkID("F"), heartbeat: .seconds(15))
            ),
            (
                """
                type: SUBSCRIBED subscribed { framework_id { value: 'F' } master_info {
                  version: '1.11.0' domain { fault_domain { region { name: 'eu' } zone { name: 'eu-1' } } } } }
                """,
                .subscribed(
                    FrameworkID("F"),
                    heartbeat: .seconds(15),
                    master: MasterFacts(version: "1.11.0", region: "eu")
                )
            ), ("type: RESCIND rescind { offer_id { value: 'O' } }", .rescind(OfferID("O"))),
            (
                "type: RESCIND_INVERSE_OFFER rescind_inverse_offer { inverse_offer_id { value: 'O' } }",
                .rescindInverseOffer(OfferID("O"))
            ),
            (
                """
                type: INVERSE_OFFERS inverse_offers { inverse_offers {
                    id { value: 'O' } agent_id { value: 'S' } unavailability { start { nanoseconds: 1500000000000 } } } }
                """,
                .inverseOffers([
                    InverseOffer(id: OfferID("O"), agent: AgentID("S"), from: Instant(milliseconds: 1_500_000))
                ])
            ),
            (
                "type: FAILURE failure { agent_id { value: 'S' } }",
                .failure(AgentID("S"), executor: nil, status: nil)
            ),
            (
                "type: FAILURE failure { agent_id { value: 'S' } executor_id { value: 'e' } status: -1 }",
                .failure(AgentID("S"), executor: "e", status: -1)
            ), ("type: ERROR error { message: 'Framework failed over' }", .error("Framework failed over")),
            ("type: MESSAGE", .other("MESSAGE")), ("type: UPDATE_OPERATION_STATUS", .other("UPDATE_OPERATION_STATUS")),
            ("type: UNKNOWN", .other("UNKNOWN")), ("type: OFFERS", .offers([])),
        ] as [(String, MesosEvent)]
    )
    func `an event becomes the core's value`(text: String, expected: MesosEvent) throws {
        #expect(try event(text) == expected)
    }

    @Test func `an offer with everything`() throws {
        let expected = Offer(
            id: OfferID("O1"),
            agent: Agent(
                id: AgentID("S1"),
                hostname: "a.example",
                attributes: ["rack": "r1", "cores": "2.5", "vlans": "[1-2,4-9]", "kinds": "{hdd,ssd}"],
                region: "eu",
                zone: "eu-1"
            ),
            resources: [
                MesosResource(name: "cpus", value: .scalar(3500), allocationRole: "shop"),
                MesosResource(name: "ports", value: .ranges([100...200, 300...300]), allocationRole: "shop"),
                MesosResource(name: "set", value: .set(["b", "a"])),
                MesosResource(
                    name: "mem",
                    value: .scalar(1000),
                    reservations: [
                        .init(role: "r", isDynamic: false, principal: nil),
                        .init(role: "r/s", isDynamic: true, principal: "p", labels: [Label(key: "k", value: "v")]),
                    ]
                ), MesosResource(name: "disk", value: .scalar(0), isSpecial: true),
                MesosResource(name: "cpus", value: .scalar(1000), isSpecial: true),
                MesosResource(name: "disk", value: .scalar(1), isSpecial: true),
                MesosResource(name: "disk", value: .scalar(2000), isSpecial: true),
                MesosResource(
                    name: "disk",
                    value: .scalar(3000),
                    reservations: [.init(role: "shop", isDynamic: true, principal: "p")],
                    disk: MesosResource.Disk(
                        source: .path(root: "/ssd"),
                        profile: "fast",
                        volume: .init(id: "v", principal: "p", containerPath: "data")
                    )
                ),
                MesosResource(
                    name: "disk",
                    value: .scalar(4000),
                    disk: MesosResource.Disk(source: .mount(root: "/m"))
                ), MesosResource(name: "disk", value: .scalar(5000), isSpecial: true),
                MesosResource(name: "disk", value: .scalar(6000), isSpecial: true),
                MesosResource(name: "disk", value: .scalar(7000), isSpecial: true),
                MesosResource(name: "disk", value: .scalar(8000), isSpecial: true),
                MesosResource(
                    name: "old",
                    value: .scalar(0),
                    reservations: [.init(role: "r", isDynamic: false, principal: nil)]
                ),
                MesosResource(
                    name: "old",
                    value: .scalar(0),
                    reservations: [.init(role: "r", isDynamic: true, principal: "p")]
                ),
            ],
            role: "shop",
            unavailableFrom: Instant(milliseconds: 1_600_000_000_000)
        )
        #expect(try event(wholeOffer) == .offers([expected]))
    }

    @Test func `an offer with the least`() throws {
        #expect(
            try event("type: OFFERS offers { offers { id { value: 'O' } agent_id { value: 'S' } hostname: 'h' } }")
                == .offers([
                    Offer(id: OfferID("O"), agent: Agent(id: AgentID("S"), hostname: "h"), resources: [], role: "*")
                ])
        )
    }

    @Test func `an update with everything`() throws {
        #expect(
            try event(
                """
                type: UPDATE update { status { task_id { value: 't' } state: TASK_FAILED message: 'exited with status 1'
                agent_id { value: 'S' } timestamp: 1.5 healthy: false source: SOURCE_EXECUTOR
                reason: REASON_COMMAND_EXECUTOR_FAILED uuid: '\\001\\377' data: 'x' } }
                """
            )
                == .update(
                    TaskStatus(
                        task: TaskID("t"),
                        state: .failed,
                        agent: AgentID("S"),
                        uuid: [1, 255],
                        healthy: false,
                        message: "exited with status 1",
                        reason: "REASON_COMMAND_EXECUTOR_FAILED",
                        source: "SOURCE_EXECUTOR"
                    )
                )
        )
    }

    @Test func `an update with the least is told apart from one with zeros`() throws {
        let least = try event("type: UPDATE update { status { task_id { value: 't' } state: TASK_STARTING } }")
        #expect(least == .update(TaskStatus(task: TaskID("t"), state: .starting)))
        let zeros = try event(
            """
            type: UPDATE update { status { task_id { value: 't' } state: TASK_STARTING healthy: false uuid: ''
            source: SOURCE_MASTER reason: REASON_COMMAND_EXECUTOR_FAILED agent_id { value: '' } } }
            """
        )
        #expect(
            zeros
                == .update(
                    TaskStatus(
                        task: TaskID("t"),
                        state: .starting,
                        agent: AgentID(""),
                        uuid: [],
                        healthy: false,
                        reason: "REASON_COMMAND_EXECUTOR_FAILED",
                        source: "SOURCE_MASTER"
                    )
                )
        )
    }

    @Test(arguments: WireTaskStatus.Reason.allCases)
    func `every reason has the name that Mesos gives it`(reason: WireTaskStatus.Reason) {
        let status = WireTaskStatus.with { $0.reason = reason }
        #expect(status.textFormatString() == "reason: \(reason.name)\n")
        #expect(WireTaskStatus.Reason(named: reason.name) == reason)
    }

    @Test(arguments: WireTaskState.allCases)
    func `every state has the name that Mesos gives it`(state: WireTaskState) {
        let status = WireTaskStatus.with { $0.state = state }
        #expect(status.textFormatString() == "state: \(TaskStatus.State(state).rawValue)\n")
        #expect(TaskStatus.State(state).wire == state)
    }

    @Test(arguments: [
        "type: SUBSCRIBED", "type: SUBSCRIBED subscribed {}", "type: RESCIND", "type: UPDATE", "type: UPDATE update {}",
        "type: UPDATE update { status { state: TASK_RUNNING } }", "type: OFFERS offers { offers {} }",
        "type: OFFERS offers { offers { id { value: 'O' } } }", "type: RESCIND_INVERSE_OFFER",
        "type: INVERSE_OFFERS inverse_offers { inverse_offers {} }",
    ])
    func `what the protocol demands is missed in words`(text: String) throws {
        let error = #expect(throws: WireError.self) { try event(text) }
        #expect(error?.description.hasSuffix("which the protocol demands.") == true)
    }

    @Test func `values of a newer Mesos are passed over`() throws {
        // Event type 99; then a state, a reason, and a resource's type that nobody knows yet.
        #expect(try EventDecoder.decode([0x08, 99]) == .other("an event of a type that is not in Mesos 1.11"))
        let update: [UInt8] = [0x08, 4, 0x2A, 0]
        func withStatus(_ status: [UInt8]) -> [UInt8] {
            let inner = [0x0A, UInt8(status.count)] + status
            return update.dropLast() + [UInt8(inner.count)] + inner
        }
        let task: [UInt8] = [0x0A, 3, 0x0A, 1, 116]
        #expect(
            try EventDecoder.decode(withStatus(task + [0x10, 77]))
                == .other("an UPDATE with a task state that is not in Mesos 1.11")
        )
        #expect(
            try EventDecoder.decode(withStatus(task + [0x10, 1, 0x50, 99, 0x48, 44]))
                == .update(TaskStatus(task: TaskID("t"), state: .running))
        )
        let resource: [UInt8] = [0x0A, 1, 120, 0x10, 9]
        #expect(MesosResource(try WireResource(serializedBytes: resource)) == nil)
    }

    @Test(arguments: UInt64(0)..<300)
    func `no bytes whatever bring the decoder down`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var bytes = try WireEvent(textFormatString: wholeOffer).serializedBytes() as [UInt8]
        for _ in 0...Int(random.next() % 8) {
            bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
        }
        if seed % 3 == 0 { bytes.removeLast(Int(random.next() % UInt64(bytes.count))) }
        do throws(WireError) {
            _ = try EventDecoder.decode(bytes)
        } catch {
            #expect(!error.description.isEmpty)
        }
    }
}

private let wholeOffer = """
    type: OFFERS
    offers {
      offers {
        id { value: 'O1' } framework_id { value: 'F' } agent_id { value: 'S1' } hostname: 'a.example'
        resources { name: 'cpus' type: SCALAR scalar { value: 3.4999999 } allocation_info { role: 'shop' } }
        resources {
          name: 'ports' type: RANGES allocation_info { role: 'shop' }
          ranges { range { begin: 300 end: 300 } range { begin: 151 end: 200 } range { begin: 100 end: 150 }
                   range { begin: 9 end: 8 } }
        }
        resources { name: 'set' type: SET set { item: 'b' item: 'a' } }
        resources {
          name: 'mem' type: SCALAR scalar { value: 1 }
          reservations { type: STATIC role: 'r' }
          reservations { type: DYNAMIC role: 'r/s' principal: 'p' labels { labels { key: 'k' value: 'v' } } }
        }
        resources { name: 'disk' type: SCALAR disk { persistence { id: 'v' } } }
        resources { name: 'cpus' type: SCALAR scalar { value: 1 } revocable {} }
        resources { name: 'disk' type: SCALAR scalar { value: 0.001 } shared {} }
        resources { name: 'disk' type: SCALAR scalar { value: 2 } provider_id { value: 'csi' } }
        resources {
          name: 'disk' type: SCALAR scalar { value: 3 } reservations { type: DYNAMIC role: 'shop' principal: 'p' }
          disk {
            persistence { id: 'v' principal: 'p' } volume { mode: RW container_path: 'data' }
            source { type: PATH path { root: '/ssd' } profile: 'fast' }
          }
        }
        resources { name: 'disk' type: SCALAR scalar { value: 4 } disk { source { type: MOUNT mount { root: '/m' } } } }
        resources { name: 'disk' type: SCALAR scalar { value: 5 } disk { source { type: RAW } } }
        resources { name: 'disk' type: SCALAR scalar { value: 6 } disk { source { type: PATH id: 'x' } } }
        resources {
          name: 'disk' type: SCALAR scalar { value: 7 }
          disk { persistence { id: 'v' } volume { mode: RO container_path: 'data' } }
        }
        resources { name: 'disk' type: SCALAR scalar { value: 8 } disk {} }
        resources { name: 'text' type: TEXT }
        resources { name: 'old' type: SCALAR role: 'r' }
        resources { name: 'old' type: SCALAR role: 'r' reservation { principal: 'p' } }
        attributes { name: 'rack' type: TEXT text { value: 'r1' } }
        attributes { name: 'rack' type: TEXT text { value: 'r2' } }
        attributes { name: 'cores' type: SCALAR scalar { value: 2.5 } }
        attributes { name: 'vlans' type: RANGES ranges { range { begin: 4 end: 9 } range { begin: 1 end: 2 } } }
        attributes { name: 'kinds' type: SET set { item: 'ssd' item: 'hdd' } }
        unavailability { start { nanoseconds: 1600000000000000000 } }
        allocation_info { role: 'shop' }
        domain { fault_domain { region { name: 'eu' } zone { name: 'eu-1' } } }
      }
    }
    """
