import HTTPClient
import LoopbackHTTP
import MesosClient
import Testing

struct OperatorTests {
    private func findings(
        _ answer: @escaping @Sendable (LoopbackExchange) -> Void
    ) async throws -> (found: [String], url: String) {
        let server = try LoopbackServer(answer)
        defer { server.stop() }
        var found: [String] = []
        try await withClient { client in
            let master = MasterAddress(host: "127.0.0.1", port: server.port)
            found = await MesosOperator(.addresses([master]), client: client).examine().map { finding in
                "\(finding.severity): \(finding.text)"
            }
        }
        return (found, server.url)
    }

    private static func healthy(_ exchange: LoopbackExchange, version: String) {
        switch exchange.path {
        case "/version": exchange.respond(200, body: #"{"build_user":"x","version":"\#(version)"}"#)
        case "/master/health": exchange.respond(200)
        case "/master/redirect": exchange.respond(307, headers: [("Location", "//leader.example:5050")])
        default: exchange.respond(404)
        }
    }

    @Test func `a master in good health`() async throws {
        let (found, url) = try await findings { Self.healthy($0, version: "1.11.0") }
        #expect(
            found == [
                "fine: The master at \(url) is Mesos 1.11.0.", "fine: The master at \(url) is healthy.",
                "fine: The leading master is leader.example:5050.",
            ]
        )
    }

    @Test func `a master that is too old`() async throws {
        let (found, url) = try await findings { Self.healthy($0, version: "1.3.2-rc1") }
        #expect(found.first == "problem: The master at \(url) is Mesos 1.3.2-rc1.")
    }

    @Test func `something else than a master`() async throws {
        let (found, url) = try await findings { $0.respond(200, body: "<html>") }
        #expect(found.first == "problem: What listens at \(url) does not answer as a Mesos master.")
    }

    @Test func `a master that wants other credentials`() async throws {
        let (found, url) = try await findings { $0.respond(401) }
        #expect(found.first == "problem: \(url)/version does not accept the credentials (401).")
    }

    @Test func `nothing at all`() async throws {
        let gone = try ClosedPort()
        try await withClient { client in
            let master = MasterAddress(host: "127.0.0.1", port: gone.port)
            let found = await MesosOperator(.addresses([master]), client: client).examine()
            #expect(found.map(\.severity) == [.problem])
            #expect(found.first?.text == "\(gone.url) refused the connection: nothing listens there.")
            #expect(found.first?.hint == "Is a Mesos master running at \(gone.url)?")
        }
    }

    @Test(.enabled(if: RealMesos.scripts != nil, "needs Scripts/mesos or PACER_MESOS_SCRIPTS"))
    func `a real master is in good health`() async throws {
        try await RealMesos.with(agents: 1) { mesos in
            try await withClient { client in
                let found = await MesosOperator(.addresses([mesos.address]), client: client).examine()
                #expect(found.map(\.severity) == [.fine, .fine, .fine], "\(found)")
                #expect(found.first?.text == "The master at \(mesos.address) is Mesos 1.11.0.")
                #expect(found.last?.text == "The leading master is 127.0.0.1:\(mesos.address.port).")
            }
        }
    }
}
