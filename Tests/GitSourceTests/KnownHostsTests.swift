import Foundation
import Testing

@testable import GitSource

struct KnownHostsTests {
    private let key = HostKey(algorithm: .ed25519, fingerprint: nil, bytes: [])

    @Test func `without any configuration the user's own file decides`() {
        let policy = HostKeyPolicy(fingerprint: nil, knownHostsFile: nil)
        #expect(policy.problem(with: key, of: "h", port: nil, standsInUsersFile: true) == nil)
        let seen = HostKeyPolicy.Seen(host: "h", algorithm: "ssh-ed25519", fingerprint: "no SHA256 fingerprint")
        #expect(policy.problem(with: key, of: "h", port: nil, standsInUsersFile: false) == .unknown(seen))
    }

    @Test func `a configured file decides alone`() throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/known_hosts"
        try "".write(toFile: file, atomically: true, encoding: .utf8)
        let policy = HostKeyPolicy(fingerprint: nil, knownHostsFile: file)
        #expect(policy.problem(with: key, of: "h", port: nil, standsInUsersFile: true) != nil)
    }

    @Test func `a server that shows no fingerprint does not match one`() {
        let policy = HostKeyPolicy(fingerprint: "SHA256:x", knownHostsFile: nil)
        #expect(policy.problem(with: key, of: "h", port: nil, standsInUsersFile: true) != nil)
    }

    @Test(arguments: UInt64(0)..<100)
    func `a file of nonsense makes no host known`(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let folder = try TemporaryFolder()
        let file = folder.path + "/known_hosts"
        let pieces = [
            "h", "|1|", "AAAA", "=", " ", ",", "ssh-ed25519", "@revoked", "[", "]:22", "\n", "\t", "#", "*", "é", "\0",
        ]
        let text = (0..<200).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        let verdict = try KnownHosts(file: file).verdict(on: key, of: "h", port: 22)
        #expect(verdict != .known)
    }
}
