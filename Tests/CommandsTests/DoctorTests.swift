import FoundationEssentials
import Glibc
import StatusSamples
import Testing
import WebAPI

@Suite struct DoctorTests {
    private struct Report: Decodable {
        struct Check: Decodable {
            var subject: String
            var verdict: String
            var message: String
            var hint: String?
        }
        var healthy: Bool
        var checks: [Check]
    }

    /// Ports below 10 are nobody's, so that what should not answer does not.
    private func configuration(
        _ folder: borrowing Folder,
        repository: String,
        listen: String = "127.0.0.1:0",
        data: String? = nil
    ) throws -> String {
        try folder.write(
            "pacer.yaml",
            """
            sources: [{name: shop, url: "\(repository)"}]
            zookeeper: zk://127.0.0.1:9/pacer
            mesos: http://127.0.0.1:9
            http: { listen: "\(listen)" }
            dataDirectory: \(data ?? folder.path + "/data")
            """
        )
    }

    @Test(.timeLimit(.minutes(1))) func `each part is tried and told`() async throws {
        let folder = try Folder()
        let repository = try Folder()
        try repository.write("web.yaml", "cmd: sleep 1\n")
        try repository.commit()
        let file = try configuration(folder, repository: repository.path)
        let run = await Session().run("doctor", "--config", file, "-o", "json")
        #expect(run.status == 1)
        let report = try JSON.decode(Report.self, from: Array(run.out.utf8))
        #expect(!report.healthy)
        let source = try #require(report.checks.first { $0.subject == "source shop" })
        #expect(source.verdict == "good")
        #expect(source.message.contains("with 1 app and no problems"))
        for subject in ["zookeeper", "mesos"] {
            #expect(report.checks.contains { $0.subject == subject && $0.verdict == "bad" }, "\(subject)")
        }
        for subject in ["data directory", "http"] {
            #expect(report.checks.contains { $0.subject == subject && $0.verdict == "good" }, "\(subject)")
        }
    }

    @Test(.timeLimit(.minutes(1))) func `a repository that is not there is told with what to do`() async throws {
        let folder = try Folder()
        let file = try configuration(folder, repository: "\(folder.path)/none")
        let run = await Session().run("doctor", "--config", file)
        #expect(run.status == 1)
        #expect(run.out.contains("✗ source shop: "))
        #expect(run.out.contains("checks failed."))
    }
    @Test(.timeLimit(.minutes(1))) func `a folder that the file system refuses is no data directory`() async throws {
        let folder = try Folder()
        let file = try configuration(folder, repository: "\(folder.path)/none", data: "/proc/pacer")
        let run = await Session().run("doctor", "--config", file)
        #expect(run.out.contains("✗ data directory: /proc/pacer cannot be used: "), "\(run.out)")
        try folder.write("data/kept", "")
        let good = try configuration(folder, repository: "\(folder.path)/none", data: "\(folder.path)/data")
        #expect(await Session().run("doctor", "--config", good).out.contains("✓ data directory: "))
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/data") == ["kept"])
    }
    @Test(.timeLimit(.minutes(1))) func `a controller that runs already is no hindrance, another program is`()
        async throws
    {
        let folder = try Folder()
        let stranger = try Listener()
        let taken = try configuration(folder, repository: "\(folder.path)/none", listen: "127.0.0.1:\(stranger.port)")
        let bad = await Session().run("doctor", "--config", taken)
        #expect(bad.out.contains("✗ http: 127.0.0.1:\(stranger.port) is in use\n"), "\(bad.out)")
        var file = ""
        var out = ""
        try await withRunningAPI(try Sample.shop()) { port in
            file = try configuration(folder, repository: "\(folder.path)/none", listen: "127.0.0.1:\(port)")
            out = await Session().run("doctor", "--config", file).out
        }
        #expect(out.contains("✓ http: a controller runs on 127.0.0.1:"), "\(out)")
    }

    /// Listens and never answers.
    private final class Listener {
        let descriptor: Int32
        let port: UInt16

        init() throws {
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            try #require(descriptor >= 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let descriptor = descriptor
            let isBound = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    bind(descriptor, address, length) == 0 && listen(descriptor, 8) == 0
                        && getsockname(descriptor, address, &length) == 0
                }
            }
            port = UInt16(bigEndian: address.sin_port)
            try #require(isBound)
        }

        deinit { close(descriptor) }
    }
}
