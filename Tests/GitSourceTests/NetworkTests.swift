import Boundary
import Domain
import Foundation
import GitSource
import Testing

/// git over http and https.
struct WebTests {
    private let log = "/requests"

    private func serve(_ scene: Scene, login: String = "", certificate: String = "") async throws -> WebServer {
        try await WebServer(
            root: scene.folder.path,
            log: scene.folder.path + log,
            login: login,
            certificate: certificate
        )
    }

    private func secret(_ text: String, in scene: Scene) throws -> String {
        let file = scene.folder.path + "/token"
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        return file
    }

    @Test func `a repository is read and followed over http`() async throws {
        let scene = try await Scene()
        let server = try await serve(scene)
        let repository = scene.repository { $0.url = "http://127.0.0.1:\(server.port)/origin/.git" }
        let first = try #require(try await repository.update(since: nil))
        #expect(first.files.everything?.count == 2)
        #expect(try await repository.update(since: first.revision) == nil)
        try scene.origin.write("web.yaml", "id: web2")
        try await scene.origin.commit("second")
        let second = try #require(try await repository.update(since: first.revision))
        #expect(second.descends)
        #expect(second.files.difference?.changed.map(\.path) == ["web.yaml"])
    }

    @Test func `only the tracked branch comes over http`() async throws {
        let scene = try await Scene()
        try await scene.origin.git("checkout", "-q", "-b", "side")
        try scene.origin.write("side.yaml", "id: side")
        let side = try await scene.origin.commit("side")
        try await scene.origin.git("checkout", "-q", "main")
        let server = try await serve(scene)
        _ = try await scene.repository { $0.url = "http://127.0.0.1:\(server.port)/origin/.git" }.update(since: nil)
        await #expect(throws: CommandFailure.self) {
            try await run(["git", "cat-file", "-e", side.rawValue], in: scene.mirror)
        }
    }

    @Test func `a token opens the door`() async throws {
        let scene = try await Scene()
        let server = try await serve(scene, login: "bot:s3cret")
        let file = try secret("s3cret\n", in: scene)
        let repository = scene.repository {
            $0.url = "http://127.0.0.1:\(server.port)/origin/.git"
            $0.credentials = .token(user: "bot", file: file)
        }
        #expect(try await repository.update(since: nil) != nil)
    }

    @Test func `a login in the URL works and is never shown`() async throws {
        let scene = try await Scene()
        let server = try await serve(scene, login: "bot:s3cret")
        let repository = scene.repository { $0.url = "http://bot:s3cret@127.0.0.1:\(server.port)/origin/.git" }
        #expect(try await repository.update(since: nil) != nil)
        let marker = try String(contentsOfFile: scene.mirror + "/pacer-mirror", encoding: .utf8)
        #expect(!marker.contains("s3cret"))
        let wrong = scene.repository { $0.url = "http://bot:wr0ng@127.0.0.1:\(server.port)/origin/.git" }
        let problem = try #require(await failure(of: wrong))
        #expect(problem.kind == .authentication)
        #expect(!problem.description.contains("wr0ng"))
    }

    @Test func `a wrong token is tried once`() async throws {
        let scene = try await Scene()
        let server = try await serve(scene, login: "bot:s3cret")
        let file = try secret("wrong", in: scene)
        let repository = scene.repository {
            $0.url = "http://127.0.0.1:\(server.port)/origin/.git"
            $0.credentials = .token(user: "bot", file: file)
        }
        #expect(await failure(of: repository)?.kind == .authentication)
        #expect(try server.requests().filter { $0.hasSuffix("login") }.count == 1)
    }

    @Test func `a server that wants a login is told from one that is away`() async throws {
        let scene = try await Scene()
        let server = try await serve(scene, login: "bot:s3cret")
        let url = "http://127.0.0.1:\(server.port)/origin/.git"
        #expect(await failure(of: scene.repository { $0.url = url })?.kind == .authentication)
        let unreadable = scene.repository {
            $0.url = url
            $0.credentials = .token(user: "bot", file: scene.folder.path + "/no-such-file")
        }
        let problem = try #require(await failure(of: unreadable))
        #expect(problem.kind == .authentication)
        #expect(problem.message.contains("no-such-file"))
    }

    @Test func `a repository or server that is not there is unreachable`() async throws {
        let scene = try await Scene()
        let server = try await serve(scene)
        let wrong = "http://127.0.0.1:\(server.port)/no-such-repository"
        #expect(await failure(of: scene.repository { $0.url = wrong })?.kind == .unreachable)
        // A port that was just free again; nobody listens there.
        let port = try SilentServer().port
        #expect(await failure(of: scene.repository { $0.url = "http://127.0.0.1:\(port)/x" })?.kind == .unreachable)
    }

    @Test func `a certificate must be trusted, and may be by a file`() async throws {
        let scene = try await Scene()
        let certificate = scene.folder.path + "/certificate.pem"
        try await run(
            [
                "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1",
                "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", "key.pem", "-out", "alone.pem",
            ],
            in: scene.folder.path
        )
        let parts = try ["key.pem", "alone.pem"].map {
            try String(contentsOfFile: "\(scene.folder.path)/\($0)", encoding: .utf8)
        }
        try parts.joined().write(toFile: certificate, atomically: true, encoding: .utf8)
        let server = try await serve(scene, certificate: certificate)
        let url = "https://localhost:\(server.port)/origin/.git"
        let stranger = try #require(await failure(of: scene.repository { $0.url = url }))
        #expect(stranger.kind == .untrusted)
        let broken = scene.repository {
            $0.url = url
            $0.certificateFile = scene.folder.path + "/no-such-file"
        }
        #expect(await failure(of: broken)?.message.contains("no-such-file") == true)
        let friend = scene.repository {
            $0.url = url
            $0.certificateFile = scene.folder.path + "/alone.pem"
        }
        #expect(try await friend.update(since: nil)?.files.everything?.count == 2)
        let second = scene.repository {
            $0.url = url
            $0.certificateFile = scene.folder.path + "/certificate.pem"
        }
        #expect(await failure(of: second)?.hint.contains("one file") == true)
    }
}

/// A server that does not answer.
struct SilenceTests {
    @Test(arguments: ["http", "ssh"])
    func `a silent server is given up, and the next look works`(_ scheme: String) async throws {
        let scene = try await Scene()
        let server = try SilentServer()
        let repository = scene.repository {
            $0.url = "\(scheme)://127.0.0.1:\(server.port)/origin"
            $0.timeout = Milliseconds(300)
        }
        let begun = ContinuousClock.now
        let problem = try #require(await failure(of: repository))
        #expect(problem.kind == .timeout)
        // Not a matter of speed: without the timeout the call hangs for ever.
        #expect(ContinuousClock.now - begun < .seconds(60))
        #expect(repository.abandonedThreads == 1)
        #expect(try await scene.repository().update(since: nil) != nil)
        server.hangUp()
        try await eventually("the thread comes back") { repository.abandonedThreads == 0 }
    }

    @Test func `after three threads that hang no other is started until one comes back`() async throws {
        let scene = try await Scene()
        let server = try SilentServer()
        let repository = scene.repository {
            $0.url = "http://127.0.0.1:\(server.port)/origin"
            $0.timeout = Milliseconds(100)
        }
        for _ in 0..<GitRepository.mostAbandoned {
            #expect(await failure(of: repository)?.kind == .timeout)
        }
        let refused = try #require(await failure(of: repository))
        #expect(refused.kind == .timeout)
        #expect(refused.message.contains("still hang"))
        #expect(repository.abandonedThreads == GitRepository.mostAbandoned)
        server.hangUp()
        try await eventually("the threads come back") { repository.abandonedThreads == 0 }
        let next = try #require(await failure(of: repository))
        #expect(!next.message.contains("still hang"))
    }

    @Test func `a cancelled look is given up at once`() async throws {
        let scene = try await Scene()
        let server = try SilentServer()
        let repository = scene.repository { $0.url = "http://127.0.0.1:\(server.port)/origin" }
        let look = Task { await failure(of: repository) }
        look.cancel()
        #expect(await look.value?.message.contains("cancelled") == true)
        server.hangUp()
        try await eventually("the thread comes back") { repository.abandonedThreads == 0 }
    }
}
