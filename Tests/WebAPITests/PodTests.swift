import Domain
import OrderedCollections
import Testing

@testable import WebAPI

/// A pod as readers of the API see it.
@Suite struct PodTests {
    private func pod() throws -> AppSpec {
        var spec = AppSpec(
            id: try #require(AppID("/shop")),
            env: ["a.b": "c"],
            labels: ["traefik.rule": "Host:a"],
            portDefinitions: []
        )
        let web = PodContainer(
            name: "web",
            command: .shell("serve"),
            resources: Resources(cpus: 250, mem: 64_000),
            labels: ["x.y": "z"]
        )
        let log = PodContainer(name: "log", command: .argv(["tail"]), resources: Resources(cpus: 100, mem: 32_000))
        spec.pod = PodSpec(containers: [web, log])
        return spec
    }

    @Test func `its definition stands as Marathon's JSON has it`() throws {
        guard case .object(let members) = try pod().document, case .list(let containers)? = members["containers"],
            case .object(let web)? = containers.last
        else {
            Issue.record("\(try pod().document)")
            return
        }
        #expect(members["environment"] == .object(["a.b": .text("c")]))
        #expect(members["labels"] == .object(["traefik.rule": .text("Host:a")]))
        #expect(members["scaling"] == .object(["instances": .integer(1)]))
        #expect(!members.keys.contains { $0.contains("[") || $0.contains(".") })
        #expect(containers.count == 2)
        #expect(web["name"] == .text("web"))
        #expect(web["exec"] == .object(["command": .object(["shell": .text("serve")])]))
        #expect(web["labels"] == .object(["x.y": .text("z")]))
        guard case .object(let resources)? = web["resources"] else { return #expect(web["resources"] != nil) }
        #expect(resources["cpus"] == .number(0.25))
    }

    @Test func `its task lists its members, each with its state and health`() throws {
        let spec = Spec(try pod(), sha256: { _ in Digest(bytes: Array(repeating: 1, count: 32)) })
        var instance = Instance(
            id: InstanceID(app: spec.id, number: 1),
            digest: spec.digest,
            since: Instant(milliseconds: 0)
        )
        var log = TaskMember(id: TaskID("shop.1-1.log"), container: "log", isChecked: false)
        log.endState = "TASK_FINISHED"
        var web = TaskMember(id: TaskID("shop.1-1.web"), container: "web", isChecked: true)
        web.condition = .running
        web.healthy = true
        instance.condition = .running
        instance.task = TaskRecord(
            id: TaskID("shop.1-1"),
            agent: Agent(id: AgentID("S0"), hostname: "host"),
            ports: [],
            launched: Instant(milliseconds: 0),
            members: [log, web]
        )
        let members = try #require(AppDocument.InstanceEntry(instance, spec: spec).task?.members)
        #expect(members.map(\.container) == ["log", "web"])
        #expect(members.map(\.state) == ["TASK_FINISHED", "running"])
        #expect(members.map(\.healthy) == [nil, true])
        instance.task?.members = nil
        #expect(AppDocument.InstanceEntry(instance, spec: spec).task?.members == nil)
    }
}
