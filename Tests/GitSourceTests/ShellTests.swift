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
}
