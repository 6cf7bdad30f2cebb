/// What a container of Mesos's own engine sees of Linux (Marathon's `linuxInfo`).
package struct LinuxInfo: Hashable, Sendable, Codable {
    /// Which system calls it may make.
    package enum Seccomp: Hashable, Sendable, Codable {
        /// Those of a profile that lies on the agents.
        case profile(String)
        /// All.
        case unconfined
    }

    /// Whose System V objects and POSIX message queues it sees.
    package enum IPCMode: String, Hashable, Sendable, Codable, CaseIterable {
        /// Its own.
        case isPrivate = "PRIVATE"
        /// Those of the container around it, or of the host.
        case shareParent = "SHARE_PARENT"
    }

    /// Which system calls it may make; the agent's own profile where absent.
    package var seccomp: Seccomp?
    /// Whose inter-process communication it sees; the agent's own setting where absent.
    package var ipcMode: IPCMode?
    /// The size of its `/dev/shm` in MiB; never beside ``IPCMode/shareParent``.
    package var shmSize: Int?

    /// A view of Linux.
    package init(seccomp: Seccomp? = nil, ipcMode: IPCMode? = nil, shmSize: Int? = nil) {
        self.seccomp = seccomp
        self.ipcMode = ipcMode
        self.shmSize = shmSize
    }
}
