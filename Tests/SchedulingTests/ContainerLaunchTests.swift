import Domain
import OrderedCollections
import Testing

@testable import Scheduling

/// Containers and networks of tasks, where the wire's own files do not show why.
@Suite struct ContainerLaunchTests {
    private static func task(_ change: (inout AppSpec) -> Void, ports: [Int]) -> TaskDescription {
        let spec = makeSpec("/prod/web", change)
        let builder = TaskBuilder(spec, settings: SchedulerSettings())
        let shares = TaskBuilder.shares(of: spec.app).map { _ in plain() }
        return builder.task(TaskID("prod_web.3-1"), on: makeAgent(1), ports: ports, shares: shares)
    }

    private static func bridged(_ app: inout AppSpec) {
        app.container = AppContainer(engine: .docker, image: ContainerImage(name: "nginx"))
        app.networks = [Network(mode: .bridge)]
        app.portDefinitions = []
        app.portMappings = [
            PortMapping(containerPort: 80, hostPort: 0, name: "http"), PortMapping(containerPort: 9090, name: "admin"),
            PortMapping(containerPort: 0),
        ]
        app.cmd = nil
    }

    @Test func `a port that nobody leads to has its own number, and one without a number gets a free one`() {
        let task = Self.task(Self.bridged, ports: [31_005])
        let variables = OrderedDictionary(task.environment.map { ($0.key, $0.value ?? "") }) { $1 }
        #expect(variables["PORT0"] == "31005" && variables["PORT1"] == "9090" && variables["PORT2"] == "1025")
        #expect(variables["PORT"] == "31005" && variables["PORTS"] == "31005,1025")
        #expect(variables["PORT_80"] == "31005" && variables["PORT_9090"] == "9090" && variables["PORT_1025"] == "1025")
        #expect(variables["PORT_HTTP"] == "31005" && variables["PORT_ADMIN"] == nil)
        #expect(variables["MARATHON_APP_DOCKER_IMAGE"] == "nginx")
        #expect(task.ports.map(\.number) == [31_005, 9090, 1025])
        #expect(task.container?.dockerPorts == [.init(host: 31_005, container: 80, transport: "tcp")])
    }

    @Test func `a check goes where the program listens, not where the host does`() {
        let task = Self.task(
            {
                Self.bridged(&$0)
                $0.healthChecks = [HealthCheck(probe: .tcp(port: .index(0)))]
                $0.check = TaskCheck(probe: .http(path: "/", port: .index(1), tls: false))
            },
            ports: [31_005]
        )
        #expect(task.check?.probe == .tcp(port: 80))
        #expect(task.sideCheck?.probe == .http(port: 9090, path: "/", scheme: "http"))
    }

    @Test func `an image keeps its entry point, and a program without one is its own first word`() {
        let image = Self.task(Self.bridged, ports: [31_005])
        #expect(image.command == .image(arguments: []))
        let bare = Self.task({ ($0.cmd, $0.args, $0.tty) = (nil, ["serve"], true) }, ports: [31_005])
        #expect(bare.command == .program(["serve"]))
        #expect(bare.container == ContainerDescription(engine: .mesos, tty: true))
    }

    @Test func `a task that is ready counts as healthy, and one whose second check fails does not`() throws {
        var instance = Instance(
            id: makeInstance(makeSpec("/prod/web"), 1),
            digest: makeSpec("/prod/web").digest,
            since: Instant(milliseconds: 1000)
        )
        var record = TaskRecord(id: TaskID("t"), agent: makeAgent(1), ports: [], launched: Instant(milliseconds: 1000))
        record.gate = TaskGate(statuses: [200], opensOnce: true, besideHealthCheck: false)
        instance.task = record
        instance.condition = .running
        let reducer = StatusReducer(givesUpUnreachable: false)
        func after(_ result: SideCheckResult) throws -> Instance {
            let status = TaskStatus(task: TaskID("t"), state: .running, sideCheck: result)
            guard case .changed(let changed) = reducer.verdict(on: instance, status, at: Instant(milliseconds: 1000))
            else { return instance }
            return changed
        }
        #expect(try after(.http(status: 503)).task?.healthy == nil)
        instance = try after(.http(status: 200))
        #expect(instance.task?.healthy == true && instance.task?.healthySince == Instant(milliseconds: 1000))
        instance.task?.gate = TaskGate(statuses: nil, opensOnce: false, besideHealthCheck: false)
        #expect(try after(.http(status: 500)).task?.healthy == false)
    }
}
