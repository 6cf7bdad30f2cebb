internal import CGit2
internal import Glibc
internal import Synchronization

/// The library as a whole: started once, with what holds for all of a process.
///
/// It is never shut down: a thread that was given up may sit inside one of its calls until the process ends, and shutting
/// down would pull the memory from under it.
enum Libgit2 {
    private static let started: Result<Void, GitError> = {
        let users = git_libgit2_init()
        guard users > 0 else { return .failure(.last("git_libgit2_init", code: users)) }
        // A mirror is ours wherever it lies, and a repository on this machine is read by whoever may read its files:
        // git's question about the owner protects from hooks and configuration, neither of which is run here.
        let status = pacer_git_set_owner_validation(0)
        return status < 0 ? .failure(.last("git_libgit2_opts", code: status)) : .success(())
    }()

    /// Starts the library if that has not been done.
    static func start() throws(GitError) { try started.get() }

    /// Which certificate file is in force, and how many connections may be looking at it.
    private struct Trust {
        var file: String?
        var connections = 0
    }

    private static let trust = Mutex(Trust())

    /// Why a certificate file cannot be put in force.
    enum TrustProblem: Error, Equatable {
        /// The library holds one list for the whole process, and another file is in it.
        case another(String)
        /// A connection is open, which the library's list must not be pulled from under.
        case busy
        case unusable(GitError)
    }

    /// Counts an encrypted connection that is about to begin, with `file` trusted beside the system's authorities.
    /// Each call that returns must be followed by one of ``endConnection()`` on the same thread.
    static func beginConnection(trusting file: String?) throws(TrustProblem) {
        try trust.withLock { state throws(TrustProblem) in
            if let file, file != state.file {
                if let other = state.file { throw .another(other) }
                guard state.connections == 0 else { throw .busy }
                try setTrusted(file)
                state.file = file
            }
            state.connections += 1
        }
    }

    /// The encrypted connection of this thread is over.
    static func endConnection() {
        trust.withLock { $0.connections -= 1 }
    }

    private static func setTrusted(_ file: String) throws(TrustProblem) {
        do throws(GitError) {
            try start()
            // Setting a file drops the list that the library found at its start, so the system's folder goes with it.
            let folder = access(systemCertificates, R_OK) == 0 ? systemCertificates : nil
            let status = pacer_git_set_certificate_locations(file, folder)
            if status < 0 { throw .last("git_libgit2_opts", code: status) }
        } catch {
            throw .unusable(error)
        }
    }

    private static let systemCertificates = "/etc/ssl/certs"
}
