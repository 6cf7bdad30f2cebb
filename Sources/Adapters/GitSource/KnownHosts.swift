internal import CGit2
internal import FoundationEssentials

/// A known_hosts file, read by libssh2, which knows plain and hashed names. Patterns (`*.example.org`) and certificate
/// authorities it does not know: such hosts count as unknown.
struct KnownHosts: ~Copyable {
    enum Verdict { case known, unknown, changed, revoked }

    private let session: OpaquePointer
    private let hosts: OpaquePointer
    /// The keys of `@revoked` lines, in base64; libssh2 would take the mark for a name.
    private var revoked: Set<Substring> = []

    /// Reads the file; lines that make no sense are passed over, as ssh does, since what they say cannot be trusted.
    init(file: String) throws(SecretFile.Unreadable) {
        try SecretFile.mustBeReadable(file)
        guard let bytes = FileManager.default.contents(atPath: file) else {
            throw SecretFile.Unreadable(file: file, reason: "it cannot be read")
        }
        guard let session = libssh2_session_init_ex(nil, nil, nil, nil) else {
            throw SecretFile.Unreadable(file: file, reason: "there is no memory for it")
        }
        guard let hosts = libssh2_knownhost_init(session) else {
            libssh2_session_free(session)
            throw SecretFile.Unreadable(file: file, reason: "there is no memory for it")
        }
        self.session = session
        self.hosts = hosts
        let text = String(decoding: bytes, as: UTF8.self)
        for line in text.split(whereSeparator: \.isNewline) { note(line) }
    }

    deinit {
        libssh2_knownhost_free(hosts)
        libssh2_session_free(session)
    }

    private mutating func note(_ line: Substring) {
        let words = line.split { $0 == " " || $0 == "\t" }
        guard let first = words.first, !first.hasPrefix("#") else { return }
        guard first.hasPrefix("@") else {
            _ = libssh2_knownhost_readline(hosts, String(line), line.utf8.count, LIBSSH2_KNOWNHOST_FILE_OPENSSH)
            return
        }
        if first == "@revoked", words.count > 3 { revoked.insert(words[3]) }
    }

    /// What the file says about a host that showed this key.
    func verdict(on key: HostKey, of host: String, port: Int?) -> Verdict {
        if revoked.contains(Data(key.bytes).base64EncodedString()[...]) { return .revoked }
        let mask = LIBSSH2_KNOWNHOST_TYPE_PLAIN | LIBSSH2_KNOWNHOST_KEYENC_RAW | key.algorithm.kindOfKnownHost
        let answer = key.bytes.withUnsafeBytes { bytes in
            let start = bytes.bindMemory(to: CChar.self).baseAddress
            return libssh2_knownhost_checkp(hosts, host, Int32(port ?? 22), start, bytes.count, mask, nil)
        }
        switch answer {
        case LIBSSH2_KNOWNHOST_CHECK_MATCH: return .known
        case LIBSSH2_KNOWNHOST_CHECK_MISMATCH: return .changed
        default: return .unknown
        }
    }
}
