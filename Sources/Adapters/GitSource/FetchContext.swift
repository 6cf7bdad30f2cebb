internal import CGit2

/// What the callbacks of one fetch know and find out. Used on the fetch's own thread alone.
final class FetchContext {
    /// Why the credentials did not open the door.
    enum LoginProblem: Equatable {
        /// The server wants some, and none that fit are configured.
        case none
        /// They were tried, and it asked again.
        case refused
        /// Their file cannot be read.
        case unreadable(file: String, reason: String)
    }

    let attempt: Attempt
    let address: RemoteAddress
    let credentials: GitCredentials
    let hostKeys: HostKeyPolicy

    /// How often credentials were handed over.
    var tries = 0
    var loginProblem: LoginProblem?
    var hostProblem: HostKeyPolicy.Problem?

    init(attempt: Attempt, address: RemoteAddress, credentials: GitCredentials, hostKeys: HostKeyPolicy) {
        self.attempt = attempt
        self.address = address
        self.credentials = credentials
        self.hostKeys = hostKeys
    }

    static func from(_ payload: UnsafeMutableRawPointer?) -> FetchContext? {
        payload.map { Unmanaged<FetchContext>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Points libgit2's callbacks to this context, which must outlive the call they are given to.
    func install(in callbacks: inout git_remote_callbacks) {
        callbacks.payload = Unmanaged.passUnretained(self).toOpaque()
        callbacks.credentials = provideCredentials
        callbacks.certificate_check = judgeCertificate
        callbacks.transfer_progress = noteTransferProgress
        callbacks.sideband_progress = noteSidebandProgress
    }
}

// MARK: - Callbacks

private func noteTransferProgress(
    _ progress: UnsafePointer<git_indexer_progress>?,
    _ payload: UnsafeMutableRawPointer?
) -> Int32 {
    guard let context = FetchContext.from(payload), context.attempt.signOfLife() else { return GIT_EUSER.rawValue }
    return 0
}

private func noteSidebandProgress(
    _ text: UnsafePointer<CChar>?,
    _ length: Int32,
    _ payload: UnsafeMutableRawPointer?
) -> Int32 {
    guard let context = FetchContext.from(payload), context.attempt.signOfLife() else { return GIT_EUSER.rawValue }
    return 0
}

private func judgeCertificate(
    _ certificate: UnsafeMutablePointer<git_cert>?,
    _ valid: Int32,
    _ host: UnsafePointer<CChar>?,
    _ payload: UnsafeMutableRawPointer?
) -> Int32 {
    guard let context = FetchContext.from(payload), let certificate else { return GIT_ECERTIFICATE.rawValue }
    guard certificate.pointee.cert_type == GIT_CERT_HOSTKEY_LIBSSH2 else {
        return valid != 0 ? 0 : GIT_ECERTIFICATE.rawValue
    }
    let key = certificate.withMemoryRebound(to: git_cert_hostkey.self, capacity: 1) { HostKey($0.pointee) }
    let name = host.map { String(cString: $0) } ?? ""
    context.hostProblem = context.hostKeys.problem(
        with: key,
        of: name,
        port: context.address.port,
        standsInUsersFile: valid != 0
    )
    return context.hostProblem == nil ? 0 : GIT_ECERTIFICATE.rawValue
}

private func provideCredentials(
    _ out: UnsafeMutablePointer<UnsafeMutablePointer<git_credential>?>?,
    _ url: UnsafePointer<CChar>?,
    _ userOfURL: UnsafePointer<CChar>?,
    _ allowed: UInt32,
    _ payload: UnsafeMutableRawPointer?
) -> Int32 {
    guard let context = FetchContext.from(payload), let out else { return GIT_EAUTH.rawValue }
    guard context.attempt.signOfLife() else { return GIT_EUSER.rawValue }
    return context.handOver(to: out, allowed: Allowed(rawValue: allowed))
}

/// The kinds of credentials that a server takes.
private struct Allowed: OptionSet {
    var rawValue: UInt32

    static let password = Allowed(rawValue: GIT_CREDENTIAL_USERPASS_PLAINTEXT.rawValue)
    static let key = Allowed(rawValue: GIT_CREDENTIAL_SSH_KEY.rawValue)
    static let userName = Allowed(rawValue: GIT_CREDENTIAL_USERNAME.rawValue)
}

extension FetchContext {
    private typealias Slot = UnsafeMutablePointer<UnsafeMutablePointer<git_credential>?>

    /// The user that ssh logs in as where the URL names none, by the convention of all git hosts.
    private var sshUser: String { address.user ?? "git" }

    /// Answers libgit2's question for credentials. It asks for ever where they are wrong: the second question means no.
    fileprivate func handOver(
        to out: UnsafeMutablePointer<UnsafeMutablePointer<git_credential>?>,
        allowed: Allowed
    ) -> Int32 {
        if allowed.contains(.userName) { return git_credential_username_new(out, sshUser) }
        guard tries == 0 else { return fail(.refused) }
        tries += 1
        do throws(SecretFile.Unreadable) {
            return try make(out, allowed: allowed) ?? fail(.none)
        } catch {
            return fail(.unreadable(file: error.file, reason: error.reason))
        }
    }

    private func make(_ out: Slot, allowed: Allowed) throws(SecretFile.Unreadable) -> Int32? {
        switch credentials {
        case .token(let user, let file):
            guard allowed.contains(.password) else { return nil }
            return git_credential_userpass_plaintext_new(out, user, try SecretFile.read(file))
        case .key(let file, let passphraseFile):
            guard allowed.contains(.key) else { return nil }
            try SecretFile.mustBeReadable(file)
            guard let passphraseFile else { return git_credential_ssh_key_new(out, sshUser, nil, file, nil) }
            return git_credential_ssh_key_new(out, sshUser, nil, file, try SecretFile.read(passphraseFile))
        case .automatic:
            if allowed.contains(.password), let password = address.password {
                return git_credential_userpass_plaintext_new(out, address.user ?? "", password)
            }
            guard allowed.contains(.key) else { return nil }
            return git_credential_ssh_key_from_agent(out, sshUser)
        }
    }

    private func fail(_ problem: LoginProblem) -> Int32 {
        loginProblem = problem
        return GIT_EAUTH.rawValue
    }
}
