package import Domain
package import Rollout
package import WebAPI

/// What a controller is told: the configuration file with what the environment and the flags put over it.
package struct Configuration: Sendable {
    /// The framework's name in Mesos.
    package var name: String
    /// The environment whose overlays are merged.
    package var environment: String?
    /// The repositories.
    package var sources: [Source]
    /// Where the state is.
    package var zookeeper: StoreAddress
    /// Where Mesos is.
    package var mesos: MesosAddress
    /// How Pacer appears in Mesos.
    package var framework: Framework
    /// The API.
    package var http: HTTP
    /// What is done without a person asking for it.
    package var sync: Sync
    /// How much of all rollouts goes on at the same time.
    package var rollouts: Rollouts
    /// Where git mirrors are kept.
    package var dataDirectory: String

    /// One repository.
    package struct Source: Sendable {
        /// Its name.
        package var name: String
        /// The repository.
        package var url: String
        /// The tracked branch.
        package var branch: String
        /// The folder below the repository's root.
        package var path: String
        /// Where its apps are mounted.
        package var group: GroupID
        /// From one look to the next.
        package var poll: Milliseconds
        /// How long the repository may be silent during one look.
        package var timeout: Milliseconds
        /// With what to log in.
        package var credentials: Credentials
    }

    /// With what to log in to a repository; secrets stay in files.
    package struct Credentials: Hashable, Sendable {
        /// The user for a token.
        package var user: String?
        /// The file with the password or token (http and https).
        package var tokenFile: String?
        /// The file with the private key (ssh).
        package var sshKeyFile: String?
        /// The file with the key's passphrase.
        package var passphraseFile: String?
        /// The known_hosts file.
        package var knownHosts: String?
        /// The one host key that is accepted: `SHA256:…`.
        package var hostKey: String?
        /// Certificate authorities that are trusted beside the system's (PEM).
        package var certificateFile: String?
    }

    /// How Pacer appears in Mesos.
    package struct Framework: Hashable, Sendable {
        /// The role that offers are taken for.
        package var role: String
        /// As whom tasks run that do not say.
        package var user: String?
        /// As whom Pacer authenticates.
        package var principal: String?
        /// The file with the principal's secret.
        package var secretFile: String?
        /// How long tasks live on without a controller.
        package var failoverTimeout: Milliseconds
    }

    /// The API.
    package struct HTTP: Hashable, Sendable {
        /// Where it listens.
        package var listen: WebServer.Address
        /// Where other machines reach it; followers send their callers there. Where absent: where it listens.
        package var advertise: String?
    }

    /// What is done without a person asking for it.
    package struct Sync: Hashable, Sendable {
        /// Whether a new commit is applied by itself.
        package var auto: Bool
        /// Whether what deviates is mended by itself.
        package var selfHeal: Bool
        /// Whether apps that git no longer has are removed.
        package var prune: Bool
    }

    /// How much of all rollouts goes on at the same time.
    package struct Rollouts: Hashable, Sendable {
        /// How many apps may be rolled out; `nil` for any number.
        package var maxConcurrentApps: Int?
        /// How many instances may be on their way to healthy; `nil` for any number.
        package var maxConcurrentTasks: Int?
        /// When rollouts stop by themselves.
        package var brake: RolloutPolicy.Brake
    }
}

/// A configuration that cannot be used: everything that is wrong with it, with its place.
package struct ConfigurationFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    package var problems: [Problem]

    /// The first problem in one line.
    package var description: String {
        problems.first.map { "\($0.file): \($0.message); \($0.hint)" } ?? "the configuration cannot be used"
    }
}
