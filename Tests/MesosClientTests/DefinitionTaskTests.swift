import Digests
import Domain
import Manifests
import OrderedCollections
import SwiftProtobuf
import Testing
import YAMLReader

@testable import MesosWire
@testable import Scheduling

/// What definitions become on the wire, as text: one file for each, read field by field beside what Marathon sends
/// (docs/tasks.md).
@Suite struct DefinitionTaskTests {
    @Test(arguments: TaskSamples.all)
    func `a definition becomes what Marathon would send`(sample: TaskSamples) throws {
        let wire = WireOffer.Operation(try sample.operation(), of: FrameworkID("F"))
        try Golden.expect(wire.textFormatString(), is: "\(sample.name).txt")
    }

    @Test(arguments: TaskSamples.all)
    func `a master reads it back as it was`(sample: TaskSamples) throws {
        let operation = try sample.operation()
        #expect(try OfferOperation(WireOffer.Operation(operation, of: FrameworkID("F"))) == operation)
    }
}

/// A definition with a name.
struct TaskSamples: CustomTestStringConvertible, Sendable {
    var name: String
    var definition: String

    var testDescription: String { name }

    /// What launches an instance on an agent that offers what it asks for: 31000, 31010 and so on where any port will do.
    /// - Parameter base: where all ports begin instead, whatever the definition says of them.
    func operation(_ task: TaskID = TaskID("shop_web.1-7"), portsFrom base: Int? = nil) throws -> OfferOperation {
        var source = SourceManifests(source: "test", group: .root, environment: nil, parse: parseYAML, sha256: sha256)
        let bytes = Array(definition.utf8)
        let file = SourceUpdate.File(path: "shop/web.yaml", blob: "1", content: bytes, size: bytes.count)
        let state = source.apply(
            SourceUpdate(
                source: "test",
                revision: Revision("r"),
                tree: "t",
                author: "Ada",
                committed: Instant(milliseconds: 0),
                subject: "a commit",
                descends: true,
                files: .all([file])
            )
        )
        let id = try #require(AppID("/shop/web"))
        var app = try #require(state.apps[id]?.spec.app, "\(state.problems)")
        // The version in the environment is the spec's digest, which changes with every field: it is left out of the files.
        let request = LaunchRequest(Spec(app, sha256: { _ in TaskSamples.noDigest }), settings: SchedulerSettings())
        app.instances = 1
        let ports = request.ports.enumerated().map { index, bound in
            base.map { $0 + index } ?? bound ?? 31_000 + 10 * index
        }
        let agent = Agent(id: AgentID("S0"), hostname: "host.example")
        let shares = request.shares.enumerated().map { index, share in
            resources(share, ports: index == 0 ? ports : [])
        }
        return request.operation(task, on: agent, ports: ports, shares: shares)
    }

    private static let noDigest = Digest(bytes: [UInt8](repeating: 0, count: 32))

    private func resources(_ share: Resources, ports: [Int]) -> [MesosResource] {
        let amounts = [("cpus", share.cpus), ("mem", share.mem), ("disk", share.disk), ("gpus", share.gpus)]
        var resources = amounts.filter { $0.1 > 0 }
            .map { MesosResource(name: $0.0, value: .scalar($0.1), allocationRole: "*") }
        if !ports.isEmpty {
            let ranges = ports.sorted().map { $0...$0 }
            resources.append(MesosResource(name: "ports", value: .ranges(ranges), allocationRole: "*"))
        }
        return resources
    }

    static let all = [
        TaskSamples(name: "bare", definition: "cmd: ./serve --port $PORT0"),
        TaskSamples(
            name: "host-ports",
            definition: """
                args: [serve, --fast]
                user: www
                env: { LEVEL: debug }
                labels: { tier: front }
                requirePorts: true
                portDefinitions:
                  - { port: 8080, name: http, labels: { VIP_0: "/web:80" } }
                  - { port: 53, protocol: "udp,tcp", name: dns }
                fetch: [{ uri: "http://files.example/web.tgz", destPath: app }]
                healthChecks: [{ protocol: MESOS_HTTP, path: /health }]
                taskKillGracePeriodSeconds: 5
                """
        ),
        TaskSamples(
            name: "docker-bridge",
            definition: """
                container:
                  type: DOCKER
                  docker:
                    image: nginx:1.27
                    forcePullImage: true
                    privileged: true
                    parameters: [{ key: hostname, value: web }]
                  volumes: [{ containerPath: /etc/nginx, hostPath: /srv/nginx, mode: RO }]
                  portMappings:
                    - { containerPort: 80, servicePort: 10080, name: http, labels: { VIP_0: "/web:80" } }
                    - { containerPort: 0, hostPort: 9000, protocol: "udp,tcp" }
                networks: [{ mode: container/bridge }]
                healthChecks: [{ protocol: MESOS_HTTP, path: / }]
                """
        ),
        TaskSamples(
            name: "docker-host",
            definition: """
                args: [--verbose]
                container: { type: DOCKER, docker: { image: "redis:7" } }
                """
        ),
        TaskSamples(
            name: "docker-user",
            definition: """
                container:
                  type: DOCKER
                  docker: { image: "redis:7" }
                  portMappings: [{ containerPort: 6379, name: redis }]
                networks: [{ mode: container, name: dmz, labels: { zone: red } }]
                healthChecks: [{ protocol: MESOS_TCP, ipProtocol: IPv6 }]
                """
        ),
        TaskSamples(
            name: "mesos-image",
            definition: """
                cmd: ./serve
                secrets: { db: { source: shop/db }, registry: { source: shop/registry }, tls: { source: shop/tls } }
                env: { PASSWORD: { secret: db }, LEVEL: info }
                resourceLimits: { mem: unlimited }
                tty: true
                container:
                  type: MESOS
                  docker: { image: "registry.example/web:1", pullConfig: { secret: registry } }
                  volumes: [{ containerPath: tls.key, secret: tls }]
                  linuxInfo: { seccomp: { profileName: strict }, ipcInfo: { mode: PRIVATE, shmSize: 64 } }
                """
        ),
        TaskSamples(
            name: "mesos-networks",
            definition: """
                cmd: ./serve
                networks: [{ name: dmz }, { name: lan, labels: { a: b } }]
                container:
                  type: MESOS
                  portMappings:
                    - { containerPort: 80, hostPort: 0, name: http, networkNames: [dmz] }
                    - { containerPort: 9090, name: metrics }
                    - { containerPort: 0, name: free, networkNames: [lan] }
                healthChecks: [{ protocol: MESOS_TCP, portIndex: 1 }]
                """
        ),
        TaskSamples(
            name: "mesos-bridge",
            definition: """
                container: { type: MESOS, docker: { image: "nginx:1.27" }, portMappings: [{ containerPort: 80 }] }
                networks: [{ mode: container/bridge }]
                """
        ),
        TaskSamples(
            name: "external-volumes",
            definition: """
                cmd: ./serve
                secrets: { storage: { source: infra/storage } }
                container:
                  type: MESOS
                  volumes:
                    - containerPath: data
                      mode: RW
                      external:
                        name: web-data
                        provider: dvdi
                        size: 100
                        options: { dvdi/driver: rexray, dvdi/newfstype: xfs }
                    - containerPath: shared
                      mode: RO
                      external:
                        name: vol-1
                        provider: csi
                        options:
                          pluginName: nfs.csi
                          capability: { accessMode: MULTI_NODE_READER_ONLY, accessType: mount, fsType: nfs, mountFlags: [ro] }
                          nodeStageSecret: { key: { secret: storage } }
                          volumeContext: { server: nfs.example }
                """
        ),
        TaskSamples(
            name: "own-executor",
            definition: """
                cmd: --port $PORT0
                executor: ./bin/executor
                executorResources: { cpus: 0.2, mem: 64, disk: 10 }
                fetch: [{ uri: "http://files.example/executor.tgz" }]
                """
        ),
        TaskSamples(
            name: "two-checks",
            definition: """
                cmd: ./serve
                healthChecks:
                  - { protocol: HTTP, path: /recovery, maxConsecutiveFailures: 0 }
                  - { protocol: COMMAND, command: { value: ./alive }, delaySeconds: 5 }
                """
        ),
        TaskSamples(
            name: "readiness",
            definition: """
                cmd: ./serve
                portDefinitions: [{ port: 0, name: admin }, { port: 0, name: http-api }]
                readinessChecks: [{ path: /ready, intervalSeconds: 5, timeoutSeconds: 4, httpStatusCodesForReady: [200, 204] }]
                """
        ),
        TaskSamples(
            name: "pod",
            definition: """
                secrets: { tls: { source: shop/tls } }
                environment: { LEVEL: info }
                networks: [{ name: dmz }]
                volumes: [{ name: data }, { name: etc, host: /etc/shop }, { name: key, secret: tls }]
                containers:
                  - name: server
                    image: { kind: DOCKER, id: "registry.example/web:1", forcePull: true }
                    exec: { command: { argv: [--fast] } }
                    resources: { cpus: 0.5, mem: 128 }
                    resourceLimits: { mem: 256 }
                    endpoints: [{ name: http, containerPort: 80, hostPort: 0 }, { name: metrics, containerPort: 9090 }]
                    environment: { KEY: { secret: tls } }
                    healthCheck: { http: { endpoint: http, path: /health } }
                    check: { tcp: { endpoint: metrics } }
                    volumeMounts:
                      - { name: data, mountPath: /var/data }
                      - { name: etc, mountPath: /etc/shop, readOnly: true }
                      - { name: key, mountPath: tls.key }
                  - name: shipper
                    exec: { command: { shell: ./ship in/log } }
                    resources: { cpus: 0.1, mem: 32 }
                    volumeMounts: [{ name: data, mountPath: in }]
                """
        ),
    ]
}
