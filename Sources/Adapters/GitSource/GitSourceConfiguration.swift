package import Domain

/// Where one source is, how it may be read and within which bounds.
package struct GitSourceConfiguration: Sendable {
    /// The source's name, as it stands in updates and in the log.
    package var name: String
    /// The repository: a path, `file://`, `http(s)://`, `ssh://` or `user@host:path`.
    package var url: String
    /// The tracked branch, without `refs/heads/`.
    package var branch: String
    /// The folder below the repository's root that holds the manifests; `.` for the root itself.
    package var path: String
    /// The folder of the local mirror. Made when it is absent; its parent must be writable.
    package var mirror: String
    /// How long the repository may be silent before the look at it is given up.
    package var timeout: Milliseconds
    /// How long one look may take in all, however lively it is.
    package var longest: Milliseconds
    /// A file above this many bytes is told without its content.
    package var fileSizeLimit: Int
    /// With what to log in.
    package var credentials: GitCredentials
    /// The known_hosts file that a host's key must stand in; `nil` for `~/.ssh/known_hosts` of the process's user.
    package var knownHostsFile: String?
    /// The one host key that is accepted, as `SHA256:…`; takes the place of any known_hosts file.
    package var hostKeyFingerprint: String?
    /// A PEM file of certificate authorities trusted beside the system's. The library knows one such file in a process.
    package var certificateFile: String?
    /// From how many packs on the mirror is packed anew. (Each fetch leaves one more.)
    package var packLimit: Int

    /// A configuration; everything that has a default is given the one that the documentation names.
    package init(
        name: String,
        url: String,
        branch: String,
        path: String = ".",
        mirror: String,
        timeout: Milliseconds = .seconds(60),
        longest: Milliseconds = .minutes(15),
        fileSizeLimit: Int = 1 << 20,
        credentials: GitCredentials = .automatic,
        knownHostsFile: String? = nil,
        hostKeyFingerprint: String? = nil,
        certificateFile: String? = nil,
        packLimit: Int = 200
    ) {
        self.name = name
        self.url = url
        self.branch = branch
        self.path = path
        self.mirror = mirror
        self.timeout = timeout
        self.longest = longest
        self.fileSizeLimit = fileSizeLimit
        self.credentials = credentials
        self.knownHostsFile = knownHostsFile
        self.hostKeyFingerprint = hostKeyFingerprint
        self.certificateFile = certificateFile
        self.packLimit = packLimit
    }
}

/// With what a repository is logged in to. Secrets stay in files, which are read anew for each look, so that a rotated
/// one is picked up.
package enum GitCredentials: Hashable, Sendable {
    /// What stands in the URL; for ssh otherwise the running ssh agent.
    case automatic
    /// A user name and the file that holds the password or token (http and https).
    case token(user: String, file: String)
    /// A private key file, and the file that holds its passphrase if it has one (ssh).
    case key(file: String, passphraseFile: String?)
}
