internal import Boundary
internal import CGit2
internal import Domain

// What each failure is called when a person reads it, and what to do about it.

extension SourceFailure {
    static func malformedURL(_ source: String, _ reason: String) -> SourceFailure {
        SourceFailure(
            kind: .unreachable,
            message: "the URL of source “\(source)” cannot be used: \(reason)",
            hint: "give a path, file:///…, https://…, ssh://… or user@host:path"
        )
    }

    static func malformedBranch(_ branch: String) -> SourceFailure {
        SourceFailure(
            kind: .branchMissing,
            message: "“\(branch)” cannot be the name of a branch",
            hint: "give the branch's name without refs/heads/"
        )
    }

    static func branchMissing(_ branch: String, at url: String) -> SourceFailure {
        SourceFailure(
            kind: .branchMissing,
            message: "\(url) has no branch “\(branch)”",
            hint: "push the branch, or correct the source's branch; what is known stays in force"
        )
    }

    static func pathClimbs(_ path: String) -> SourceFailure {
        SourceFailure(
            kind: .pathMissing,
            message: "the path “\(path)” leads out of the repository",
            hint: "give a folder below the repository's root, without “..”"
        )
    }

    static func pathMissing(_ path: String, in commit: String) -> SourceFailure {
        SourceFailure(
            kind: .pathMissing,
            message: "commit \(commit) has no folder “\(path)”",
            hint: "restore the folder, or correct the source's path; what is known stays in force"
        )
    }

    static func pathIsFile(_ path: String, in commit: String) -> SourceFailure {
        SourceFailure(
            kind: .pathMissing,
            message: "“\(path)” is not a folder in commit \(commit)",
            hint: "give the folder that holds the manifests"
        )
    }

    static func noManifests(_ path: String, in commit: String) -> SourceFailure {
        SourceFailure(
            kind: .empty,
            message: "commit \(commit) holds no .yaml, .yml or .json file below “\(path)”",
            hint:
                "to remove the last app on purpose, remove the source from the configuration, restart the controller, "
                + "and confirm the plan that it then holds: `pacer status` shows it"
        )
    }

    static func silent(_ url: String, for quiet: Milliseconds) -> SourceFailure {
        SourceFailure(
            kind: .timeout,
            message: "\(url) was silent for \(quiet.count) ms",
            hint: "see whether the host answers; it is tried again"
        )
    }

    static func tooLong(_ url: String, _ time: Milliseconds) -> SourceFailure {
        SourceFailure(
            kind: .timeout,
            message: "\(url) was not read after \(time.count) ms",
            hint: "see why the transfer is slow, or allow the source more time in all"
        )
    }

    static func cancelled(_ url: String) -> SourceFailure {
        SourceFailure(kind: .timeout, message: "the look at \(url) was cancelled", hint: "nothing is to be done")
    }

    static func tooManyHang(_ url: String, count: Int) -> SourceFailure {
        SourceFailure(
            kind: .timeout,
            message: "\(count) earlier looks at \(url) still hang in the network",
            hint: "see whether the host answers; it is tried again as soon as one of them comes back"
        )
    }

    static func noThread(_ url: String) -> SourceFailure {
        SourceFailure(
            kind: .unreachable,
            message: "the system gave no thread for looking at \(url)",
            hint: "see the process's limits (ulimit -u, memory); it is tried again"
        )
    }

    static func mirror(_ path: String, _ reason: String) -> SourceFailure {
        SourceFailure(
            kind: .mirror,
            message: "the mirror \(path) cannot be used: \(reason)",
            hint: "see that the folder's disk has room and that the process may write there"
        )
    }

    static func foreignFolder(_ path: String) -> SourceFailure {
        SourceFailure(
            kind: .mirror,
            message: "\(path) is not empty and not a mirror that Pacer made",
            hint: "name another folder for the mirror, or remove this one"
        )
    }

    static func library(_ error: GitError) -> SourceFailure {
        SourceFailure(
            kind: .mirror,
            message: "libgit2 cannot be used: \(error.message)",
            hint: "see that libgit2 1.5 is installed"
        )
    }
}

extension SourceFailure {
    static func certificates(_ problem: Libgit2.TrustProblem, file: String) -> SourceFailure {
        switch problem {
        case .another(let other):
            SourceFailure(
                kind: .untrusted,
                message: "another source already has its certificates from \(other)",
                hint: "put the certificates of \(file) and \(other) into one file and name it for both sources"
            )
        case .busy:
            SourceFailure(
                kind: .untrusted,
                message: "\(file) cannot be put in force while other connections are open",
                hint: "it is tried again"
            )
        case .unusable(let error):
            SourceFailure(
                kind: .untrusted,
                message: "the certificates in \(file) cannot be read: \(error.message)",
                hint: "give a PEM file of certificate authorities that the process may read"
            )
        }
    }

    static func login(_ problem: FetchContext.LoginProblem, at url: String) -> SourceFailure {
        switch problem {
        case .none:
            SourceFailure(
                kind: .authentication,
                message: "\(url) asks for a login, and there is none that fits",
                hint: "configure a user and a token file for https, or a key file or ssh agent for ssh"
            )
        case .refused:
            SourceFailure(
                kind: .authentication,
                message: "\(url) refused the login",
                hint: "see that the token or key is valid and may read the repository; "
                    + "for ssh use an ed25519 or ecdsa key (RSA signatures of this ssh library are refused by new servers)"
            )
        case .unreadable(let file, let reason):
            SourceFailure(
                kind: .authentication,
                message: "the login for \(url) cannot be read: \(file): \(reason)",
                hint: "see that the file exists and that the process may read it"
            )
        }
    }

    static func host(_ problem: HostKeyPolicy.Problem, at url: String) -> SourceFailure {
        switch problem {
        case .unknown(let seen):
            untrusted(
                "the host key of \(seen.host) is unknown",
                "if \(seen.algorithm) \(seen.fingerprint) is its key, add it to the known_hosts file "
                    + "or set hostKeyFingerprint: \"\(seen.fingerprint)\""
            )
        case .changed(let seen):
            untrusted(
                "the host key of \(seen.host) is not the one in the known_hosts file: somebody may be in between",
                "ask the host's owner whether \(seen.algorithm) \(seen.fingerprint) is its new key"
            )
        case .revoked(let seen):
            untrusted(
                "the host key \(seen.fingerprint) of \(seen.host) is marked as revoked",
                "do not connect; ask the host's owner"
            )
        case .otherFingerprint(let seen, let expected):
            untrusted(
                "the host key of \(seen.host) is not \(expected): somebody may be in between",
                "ask the host's owner whether \(seen.algorithm) \(seen.fingerprint) is its key"
            )
        case .unreadable(let file, let reason):
            untrusted("\(url): the known_hosts file \(file) cannot be read: \(reason)", "correct the file or its path")
        }
    }

    private static func untrusted(_ message: String, _ hint: String) -> SourceFailure {
        SourceFailure(kind: .untrusted, message: message, hint: hint)
    }

    static func certificateRefused(_ url: String) -> SourceFailure {
        untrusted(
            "the certificate of \(url) is not trusted",
            "name the certificate of its authority with certificateFile, or install it in the system"
        )
    }

    static func unreachable(_ url: String, _ error: GitError) -> SourceFailure {
        SourceFailure(
            kind: .unreachable,
            message: "\(url) cannot be read: \(error.message)",
            hint: "see that the URL is right, the host answers and the login may read it; it is tried again"
        )
    }
}
