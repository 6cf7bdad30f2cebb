import Domain
import FoundationEssentials
import MesosWire
import OrderedCollections
import Scheduling
import Testing

/// Events as a Mesos 1.11.0 master sent them, byte for byte.
struct RecordedEventTests {
    private static let master = "327c4e5d-635c-4e8e-a9d9-7afe8405e4a4"

    private func decode(_ text: String) throws -> MesosEvent {
        try EventDecoder.decode(Array(#require(Data(base64Encoded: text))))
    }

    @Test func `a SUBSCRIBED that Mesos sent`() throws {
        #expect(
            try decode(subscribed)
                == .subscribed(
                    FrameworkID("\(Self.master)-0000"),
                    heartbeat: .seconds(15),
                    master: MasterFacts(version: "1.11.0", region: "eu")
                )
        )
    }

    @Test func `an offer that Mesos sent`() throws {
        let attributes: OrderedDictionary = ["rack": "a", "cores": "2.5", "vlans": "[1-3,7-7]"]
        let agent = Agent(
            id: AgentID("\(Self.master)-S0"),
            hostname: "agent0.example",
            attributes: attributes,
            region: "eu",
            zone: "eu-1"
        )
        let offer = Offer(
            id: OfferID("\(Self.master)-O0"),
            agent: agent,
            resources: [
                MesosResource(name: "ports", value: .ranges([29113...29212]), allocationRole: "*"),
                MesosResource(name: "cpus", value: .scalar(4000), allocationRole: "*"),
                MesosResource(name: "mem", value: .scalar(4_096_000), allocationRole: "*"),
                MesosResource(name: "disk", value: .scalar(10_000_000), allocationRole: "*"),
            ],
            role: "*"
        )
        #expect(try decode(offers) == .offers([offer]))
    }

    @Test func `an update that Mesos sent`() throws {
        let status = TaskStatus(
            task: TaskID("t"),
            state: .failed,
            agent: AgentID("\(Self.master)-S0"),
            uuid: [172, 173, 214, 239, 76, 200, 66, 195, 132, 29, 17, 173, 212, 55, 239, 45],
            message: "Command exited with status 3",
            source: "SOURCE_EXECUTOR"
        )
        #expect(try decode(failed) == .update(status))
    }
}

private let subscribed =
    "CAESzQEKKwopMzI3YzRlNWQtNjM1Yy00ZThlLWE5ZDktN2FmZTg0MDVlNGE0LTAwMDARAAAAAAAALkAalAEKJDMyN2M0ZTVk"
    + "LTYzNWMtNGU4ZS1hOWQ5LTdhZmU4NDA1ZTRhNBD/gIAIGJ3kASIWbWFzdGVyQDEyNy4wLjAuMToyOTIxMyoJMTI3LjAuMC4x"
    + "MgYxLjExLjA6GgoJMTI3LjAuMC4xEgkxMjcuMC4wLjEYneQBQhAKDgoECgJldRIGCgRldS0xSgIIAUoCCAJKAggD"

private let offers =
    "CAIaiAMKhQMKKQonMzI3YzRlNWQtNjM1Yy00ZThlLWE5ZDktN2FmZTg0MDVlNGE0LU8wEisKKTMyN2M0ZTVkLTYzNWMtNGU4"
    + "ZS1hOWQ5LTdhZmU4NDA1ZTRhNC0wMDAwGikKJzMyN2M0ZTVkLTYzNWMtNGU4ZS1hOWQ5LTdhZmU4NDA1ZTRhNC1TMCIOYWdl"
    + "bnQwLmV4YW1wbGUqGgoFcG9ydHMQASIKCggIueMBEJzkAVoDCgEqKhgKBGNwdXMQABoJCQAAAAAAABBAWgMKASoqFwoDbWVt"
    + "EAAaCQkAAAAAAACwQFoDCgEqKhgKBGRpc2sQABoJCQAAAAAAiMNAWgMKASo6DQoEcmFjaxADKgMKAWE6FAoFY29yZXMQABoJ"
    + "CQAAAAAAAARAOhcKBXZsYW5zEAEiDAoECAEQAwoECAcQB0IyCgRodHRwEh8KDmFnZW50MC5leGFtcGxlEgkxMjcuMC4wLjEY"
    + "neQBGgkvc2xhdmUoMSlSAwoBKloQCg4KBAoCZXUSBgoEZXUtMQ=="

private let failed =
    "CAQqsgEKrwEKAwoBdBADIhxDb21tYW5kIGV4aXRlZCB3aXRoIHN0YXR1cyAzKikKJzMyN2M0ZTVkLTYzNWMtNGU4ZS1hOWQ5"
    + "LTdhZmU4NDA1ZTRhNC1TMDG8dLuP08DaQToDCgF0SAJaEKyt1u9MyELDhB0RrdQ37y1qOwoNKgsSCTEyNy4wLjAuMRikyQEi"
    + "JgokODg0MWZiMzAtOTYzOS00ODRlLThmMWQtZTVlYzA0OGQ4MzZm"
