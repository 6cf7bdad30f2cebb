internal import CGit2
internal import FoundationEssentials

/// The key that an ssh server showed.
struct HostKey {
    /// As `ssh-keygen -l` prints it: `SHA256:` and base64 without padding; `nil` where the library did not tell.
    var fingerprint: String?
    /// The key itself, in ssh's wire form; empty where the library did not tell.
    var bytes: [UInt8]
    var kind: git_cert_ssh_raw_type_t

    init(_ certificate: git_cert_hostkey) {
        let has = certificate.type.rawValue
        fingerprint = has & GIT_CERT_SSH_SHA256.rawValue == 0 ? nil : Self.fingerprint(certificate.hash_sha256)
        kind = certificate.raw_type
        bytes = []
        if has & GIT_CERT_SSH_RAW.rawValue != 0, let start = certificate.hostkey {
            bytes = [UInt8](UnsafeRawBufferPointer(start: start, count: certificate.hostkey_len))
        }
    }

    private static func fingerprint<Hash>(_ hash: Hash) -> String {
        let encoded = withUnsafeBytes(of: hash) { Data($0).base64EncodedString() }
        return "SHA256:" + encoded.prefix { $0 != "=" }
    }

    /// The name of its algorithm, as known_hosts files have it.
    var algorithm: String {
        switch kind {
        case GIT_CERT_SSH_RAW_TYPE_RSA: "ssh-rsa"
        case GIT_CERT_SSH_RAW_TYPE_DSS: "ssh-dss"
        case GIT_CERT_SSH_RAW_TYPE_KEY_ECDSA_256: "ecdsa-sha2-nistp256"
        case GIT_CERT_SSH_RAW_TYPE_KEY_ECDSA_384: "ecdsa-sha2-nistp384"
        case GIT_CERT_SSH_RAW_TYPE_KEY_ECDSA_521: "ecdsa-sha2-nistp521"
        case GIT_CERT_SSH_RAW_TYPE_KEY_ED25519: "ssh-ed25519"
        default: "unknown"
        }
    }
}

/// Which host keys are trusted: one fingerprint, a known_hosts file, or the one of the process's user.
struct HostKeyPolicy {
    /// Why a host's key is refused.
    enum Problem: Equatable {
        case unknown(Seen)
        case changed(Seen)
        case revoked(Seen)
        case otherFingerprint(Seen, expected: String)
        case unreadable(file: String, reason: String)
    }

    /// What the server showed, for the person who has to compare it.
    struct Seen: Equatable {
        var host: String
        var algorithm: String
        var fingerprint: String
    }

    var fingerprint: String?
    var knownHostsFile: String?

    /// - Parameter standsInUsersFile: what libgit2 found in `~/.ssh/known_hosts`, the word where nothing is configured.
    func problem(with key: HostKey, of host: String, port: Int?, standsInUsersFile: Bool) -> Problem? {
        let seen = Seen(
            host: port.map { "[\(host)]:\($0)" } ?? host,
            algorithm: key.algorithm,
            fingerprint: key.fingerprint ?? "no SHA256 fingerprint"
        )
        if let expected = fingerprint {
            return key.fingerprint == expected ? nil : .otherFingerprint(seen, expected: expected)
        }
        guard let file = knownHostsFile else { return standsInUsersFile ? nil : .unknown(seen) }
        do throws(SecretFile.Unreadable) {
            let verdict = try KnownHosts(file: file).verdict(on: key, of: host, port: port)
            switch verdict {
            case .known: return nil
            case .unknown: return .unknown(seen)
            case .changed: return .changed(seen)
            case .revoked: return .revoked(seen)
            }
        } catch {
            return .unreadable(file: error.file, reason: error.reason)
        }
    }
}
