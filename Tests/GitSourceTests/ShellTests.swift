import Boundary
import Domain
import Foundation
import GitSource
import Testing

private let hasServer = FileManager.default.isExecutableFile(atPath: ShellServer.program)

/// git over ssh, against the real sshd.
@Suite(.enabled(if: hasServer, "needs openssh-server"))
struct ShellTests {
    private func knownHosts(_ text: String, in scene: Scene) throws -> String {
        let file = scene.folder.path + "/known_hosts"
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        return file
    }

    @Test func `a repository is read and followed over ssh`() async throws {
        let scene = try await Scene()
        let server = try await ShellServer(in: scene.folder)
        let hosts = try knownHosts(try server.knownHostsLine(), in: scene)
        let repository = scene.repository {
            $0.url = server.url(of: scene.origin.folder)
            $0.credentials = .key(file: server.userKey, passphraseFile: nil)
            $0.knownHostsFile = hosts
        }
        let first = try #require(try await repository.update(since: nil))
        try scene.origin.write("web.yaml", "id: web2")
        try await scene.origin.commit("second")
        let second = try #require(try await repository.update(since: first.revision))
        #expect(second.files.difference?.changed.map(\.path) == ["web.yaml"])
    }

    @Test func `a hashed known_hosts file is understood`() async throws {
        let scene = try await Scene()
        let server = try await ShellServer(in: scene.folder)
        let hosts = try knownHosts("# a comment\n\n" + (try server.knownHostsLine()), in: scene)
        try await run(["ssh-keygen", "-q", "-H", "-f", hosts], in: scene.folder.path)
        #expect(try String(contentsOfFile: hosts, encoding: .utf8).contains("|1|"))
        let repository = scene.repository {
            $0.url = server.url(of: scene.origin.folder)
            $0.credentials = .key(file: server.userKey, passphraseFile: nil)
            $0.knownHostsFile = hosts
        }
        #expect(try await repository.update(since: nil) != nil)
    }

    @Test func `an unknown host is refused, and its fingerprint is enough to trust it`() async throws {
        let scene = try await Scene()
        let server = try await ShellServer(in: scene.folder)
        let hosts = try knownHosts("", in: scene)
        var configuration = scene.configuration(server.url(of: scene.origin.folder))
        configuration.credentials = .key(file: server.userKey, passphraseFile: nil)
        configuration.knownHostsFile = hosts
        let problem = try #require(await failure(of: GitRepository(configuration, logger: .quiet)))
        #expect(problem.kind == .untrusted)
        let fingerprint = try await server.fingerprint()
        #expect(problem.hint.contains(fingerprint))
        configuration.hostKeyFingerprint = fingerprint
        #expect(try await GitRepository(configuration, logger: .quiet).update(since: nil) != nil)
        configuration.hostKeyFingerprint = "SHA256:AAAA"
        let other = try #require(await failure(of: GitRepository(configuration, logger: .quiet)))
        #expect(other.kind == .untrusted)
        #expect(other.message.contains("SHA256:AAAA"))
    }

    @Test func `a changed or revoked host key is told as such`() async throws {
        let scene = try await Scene()
        let server = try await ShellServer(in: scene.folder)
        let repository = scene.repository {
            $0.url = server.url(of: scene.origin.folder)
            $0.credentials = .key(file: server.userKey, passphraseFile: nil)
            $0.knownHostsFile = scene.folder.path + "/known_hosts"
        }
        #expect(await failure(of: repository)?.message.contains("known_hosts") == true)
        _ = try knownHosts(try server.knownHostsLine(keyFile: server.userKey), in: scene)
        #expect(await failure(of: repository)?.message.contains("not the one") == true)
        let line = try server.knownHostsLine()
        _ = try knownHosts(line + "@revoked " + line, in: scene)
        #expect(await failure(of: repository)?.message.contains("revoked") == true)
    }

    @Test func `a key that the server does not know is refused`() async throws {
        let scene = try await Scene()
        let server = try await ShellServer(in: scene.folder)
        let fingerprint = try await server.fingerprint()
        let repository = scene.repository {
            $0.url = server.url(of: scene.origin.folder)
            $0.credentials = .key(file: server.hostKeyFile, passphraseFile: nil)
            $0.hostKeyFingerprint = fingerprint
        }
        #expect(await failure(of: repository)?.kind == .authentication)
        let missing = scene.repository {
            $0.url = server.url(of: scene.origin.folder)
            $0.credentials = .key(file: scene.folder.path + "/no-such-key", passphraseFile: nil)
            $0.hostKeyFingerprint = fingerprint
        }
        #expect(await failure(of: missing)?.message.contains("no-such-key") == true)
    }

    @Test func `a key with a passphrase works`() async throws {
        let scene = try await Scene()
        let server = try await ShellServer(in: scene.folder)
        let fingerprint = try await server.fingerprint()
        try await run(["ssh-keygen", "-q", "-p", "-P", "", "-N", "a b c", "-f", server.userKey], in: "/")
        let passphrase = scene.folder.path + "/passphrase"
        try "a b c\n".write(toFile: passphrase, atomically: true, encoding: .utf8)
        let repository = scene.repository {
            $0.url = server.url(of: scene.origin.folder)
            $0.credentials = .key(file: server.userKey, passphraseFile: passphrase)
            $0.hostKeyFingerprint = fingerprint
        }
        #expect(try await repository.update(since: nil) != nil)
    }

    /// Looks at a repository without any configuration of ssh, in a process whose home and agent are the given ones.
    private static func lookUnconfigured(
        home: String,
        agent: String,
        url: String,
        mirror: String
    ) async throws -> SourceFailure.Kind? {
        setenv("HOME", home, 1)
        setenv("SSH_AUTH_SOCK", agent, 1)
        let configuration = GitSourceConfiguration(name: "shop", url: url, branch: "main", mirror: mirror)
        return await failure(of: GitRepository(configuration, logger: .quiet))?.kind
    }

    @Test func `without configuration the ssh agent and the user's known_hosts count`() async throws {
        let scene = try await Scene()
        let server = try await ShellServer(in: scene.folder)
        let (home, agent) = (scene.folder.path + "/home", scene.folder.path + "/agent")
        let hosts = home + "/.ssh/known_hosts"
        try FileManager.default.createDirectory(atPath: home + "/.ssh", withIntermediateDirectories: true)
        let process = try Child(["ssh-agent", "-D", "-a", agent])
        defer {
            process.terminate()
            _ = process.wait()
        }
        try await eventually("the agent listens") { FileManager.default.fileExists(atPath: agent) }
        let (url, mirror) = (server.url(of: scene.origin.folder), scene.mirror)

        await #expect(processExitsWith: .success) {
            [home = home as String, agent = agent as String, url = url as String, mirror = mirror as String] in
            let kind = try await Self.lookUnconfigured(home: home, agent: agent, url: url, mirror: mirror)
            precondition(kind == .untrusted, "an unknown host must be refused: \(kind as Any)")
        }
        try server.knownHostsLine().write(toFile: hosts, atomically: true, encoding: .utf8)
        await #expect(processExitsWith: .success) {
            [home = home as String, agent = agent as String, url = url as String, mirror = mirror as String] in
            let kind = try await Self.lookUnconfigured(home: home, agent: agent, url: url, mirror: mirror)
            precondition(kind == .authentication, "an agent without keys opens nothing: \(kind as Any)")
        }
        try await run(["ssh-add", "-q", server.userKey], in: "/", environment: ["SSH_AUTH_SOCK": agent])
        await #expect(processExitsWith: .success) {
            [home = home as String, agent = agent as String, url = url as String, mirror = mirror as String] in
            let kind = try await Self.lookUnconfigured(home: home, agent: agent, url: url, mirror: mirror)
            precondition(kind == nil, "host and key are known: \(kind as Any)")
        }
    }
}
