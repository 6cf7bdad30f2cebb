import Domain
import OrderedCollections
import Testing

@testable import ZooKeeperStore

/// Pods among the stored records.
@Suite struct PodRecordTests {
    private let codec = RecordCodec()

    private func pod() throws -> AppSpec {
        var spec = AppSpec(id: try #require(AppID("/shop")), portDefinitions: [])
        let web = PodContainer(
            name: "web",
            command: .argv(["serve", "--fast"]),
            resources: Resources(cpus: 250, mem: 64_000),
            endpoints: [PodEndpoint(name: "http", hostPort: 31_000, transports: ["tcp", "udp"], labels: ["a": "b"])],
            healthCheck: HealthCheck(probe: .program(["true"])),
            killGracePeriod: .seconds(3),
            volumeMounts: [VolumeMount(name: "data", mountPath: "d")]
        )
        spec.pod = PodSpec(containers: [web], volumes: ["data"])
        return spec
    }

    @Test func `a pod and its instance come back as they were written`() throws {
        let spec = try pod()
        #expect(try codec.decode(AppSpec.self, from: codec.encode(spec)) == spec)
        var record = instance(Spec(spec, sha256: standInDigest), 1)
        var member = TaskMember(id: TaskID("shop.1-1.web"), container: "web", isChecked: true)
        member.endState = "TASK_FAILED"
        record.task?.members = [member]
        record.task?.groupEnd = record.lastEnd.map { GroupEnd(end: $0, isFailure: true) }
        #expect(try codec.decode(Instance.self, from: codec.encode(record)) == record)
    }

    @Test func `an app's records are what they were before there were pods`() throws {
        let spec = AppSpec(id: try #require(AppID("/web")), cmd: "run")
        let record = instance(Spec(spec, sha256: standInDigest), 1)
        let written = try [codec.encode(spec), codec.encode(record)].map { String(decoding: $0, as: UTF8.self) }
        for word in ["\"pod\"", "\"members\"", "\"groupEnd\""] {
            #expect(written.allSatisfy { $0.hasPrefix("1j{") && !$0.contains(word) }, "\(word)")
        }
    }
}
