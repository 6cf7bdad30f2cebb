internal import CGit2
internal import FoundationEssentials

/// The key that an ssh server showed.
struct HostKey {
    /// Kinds of keys, by their names in known_hosts files.
    enum Algorithm: String {
        case rsa = "ssh-rsa"
        case dss = "ssh-dss"
        case ecdsa256 = "ecdsa-sha2-nistp256"
        case ecdsa384 = "ecdsa-sha2-nistp384"
        case ecdsa521 = "ecdsa-sha2-nistp521"
        case ed25519 = "ssh-ed25519"
        case unknown
    }

    var algorithm: Algorithm
    /// As `ssh-keygen -l` prints it: `SHA256:` and base64 without padding; `nil` where the library did not tell.
    var fingerprint: String?
    /// The key itself, in ssh's wire form; empty where the library did not tell.
    var bytes: [UInt8]
}

extension HostKey {
    init(_ certificate: git_cert_hostkey) {
        let has = certificate.type.rawValue
        algorithm = Algorithm(certificate.raw_type)
        fingerprint = has & GIT_CERT_SSH_SHA256.rawValue == 0 ? nil : Self.fingerprint(certificate.hash_sha256)
        bytes = []
        if has & GIT_CERT_SSH_RAW.rawValue != 0, let start = certificate.hostkey {
            bytes = [UInt8](UnsafeRawBufferPointer(start: start, count: certificate.hostkey_len))
        }
    }

    private static func fingerprint<Hash>(_ hash: Hash) -> String {
        let encoded = withUnsafeBytes(of: hash) { Data($0).base64EncodedString() }
        return "SHA256:" + encoded.prefix { $0 != "=" }
    }
}

extension HostKey.Algorithm {
    init(_ kind: git_cert_ssh_raw_type_t) {
        self =
            switch kind {
            case GIT_CERT_SSH_RAW_TYPE_RSA: .rsa
            case GIT_CERT_SSH_RAW_TYPE_DSS: .dss
            case GIT_CERT_SSH_RAW_TYPE_KEY_ECDSA_256: .ecdsa256
            case GIT_CERT_SSH_RAW_TYPE_KEY_ECDSA_384: .ecdsa384
            case GIT_CERT_SSH_RAW_TYPE_KEY_ECDSA_521: .ecdsa521
            case GIT_CERT_SSH_RAW_TYPE_KEY_ED25519: .ed25519
            default: .unknown
            }
    }

    /// What libssh2 calls it in its list of known hosts.
    var kindOfKnownHost: Int32 {
        switch self {
        case .rsa: LIBSSH2_KNOWNHOST_KEY_SSHRSA
        case .dss: LIBSSH2_KNOWNHOST_KEY_SSHDSS
        case .ecdsa256: LIBSSH2_KNOWNHOST_KEY_ECDSA_256
        case .ecdsa384: LIBSSH2_KNOWNHOST_KEY_ECDSA_384
        case .ecdsa521: LIBSSH2_KNOWNHOST_KEY_ECDSA_521
        case .ed25519: LIBSSH2_KNOWNHOST_KEY_ED25519
        case .unknown: LIBSSH2_KNOWNHOST_KEY_UNKNOWN
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
            algorithm: key.algorithm.rawValue,
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
