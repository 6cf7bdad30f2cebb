import Controller
import Cores
import Digests
import Domain
import FoundationEssentials
import GitSource
import Glibc
import HTTPClient
import Logging
import Manifests
import MesosClient
import MesosWire
import Scheduling
import YAMLReader
import ZooKeeperStore

/// Makes the parts of a controller from its configuration. The doctor tries the same parts out.
struct ControllerParts {
    let configuration: Configuration
    let logger: Logger

    init(_ configuration: Configuration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    // MARK: - Git

    func repository(_ source: Configuration.Source, mirrors: String) -> GitRepository {
        let credentials = source.credentials
        return GitRepository(
            GitSourceConfiguration(
                name: source.name,
                url: source.url,
                branch: source.branch,
                path: source.path,
                mirror: "\(mirrors)/\(source.name)",
                timeout: source.timeout,
                credentials: ControllerParts.login(credentials),
                knownHostsFile: credentials.knownHosts,
                hostKeyFingerprint: credentials.hostKey,
                certificateFile: credentials.certificateFile
            ),
            logger: logger
        )
    }

    private static func login(_ credentials: Configuration.Credentials) -> GitCredentials {
        if let file = credentials.tokenFile { return .token(user: credentials.user ?? "git", file: file) }
        if let file = credentials.sshKeyFile { return .key(file: file, passphraseFile: credentials.passphraseFile) }
        return .automatic
    }

    func manifests(_ source: Configuration.Source) -> SourceManifests {
        SourceManifests(
            source: source.name,
            group: source.group,
            environment: configuration.environment,
            parse: parseYAML,
            sha256: sha256,
            workers: .cores
        )
    }

    // MARK: - Mesos

    var masters: MasterSource {
        switch configuration.mesos {
        case .masters(let addresses): return .addresses(addresses)
        case .zookeeper(let address):
            let logger = logger
            return .detector {
                let detector = MasterDetector(address: address)
                let found = detector.masters { reason in
                    logger.warning("the leading Mesos master cannot be found", metadata: ["reason": "\(reason)"])
                }
                for await master in found {
                    if let master { return MasterAddress(host: master.ip.bracketed, port: master.port) }
                }
                throw CancellationError()
            }
        }
    }

    /// - Throws: where the secret's file cannot be read.
    func credential() throws -> Credential? {
        guard let principal = configuration.framework.principal else { return nil }
        guard let file = configuration.framework.secretFile else { return nil }
        let bytes: [UInt8]
        do {
            bytes = try FileTree.read(file)
        } catch {
            throw Failure("the secret file \(file) cannot be read: \(error)", hint: "check framework.secretFile")
        }
        var secret = String(decoding: bytes, as: UTF8.self)[...]
        while secret.hasSuffix("\n") || secret.hasSuffix("\r\n") { secret = secret.dropLast() }
        guard !secret.isEmpty else {
            throw Failure("the secret file \(file) is empty", hint: "put the principal's secret into it")
        }
        return Credential(principal: principal, secret: String(secret))
    }

    /// - Parameter api: where this controller's API answers, as a URL.
    func framework(api: String?) -> FrameworkDescription {
        FrameworkDescription(
            name: configuration.name,
            user: frameworkUser,
            principal: configuration.framework.principal,
            failoverTimeout: configuration.framework.failoverTimeout,
            hostname: ProcessInfo.processInfo.hostName,
            webUI: api
        )
    }

    /// Mesos wants a user in any case; without one in the configuration it is this process's.
    var frameworkUser: String {
        if let user = configuration.framework.user { return user }
        guard let entry = getpwuid(getuid()), let name = entry.pointee.pw_name else { return "root" }
        return String(cString: name)
    }

    func transport(_ client: HTTPClient) throws -> MesosSession {
        let advertised = configuration.http.advertise
        let mesos = MesosConfiguration(
            master: masters,
            framework: framework(api: advertised),
            credential: try credential()
        )
        return MesosSession(mesos, client: client, logger: logger)
    }

    // MARK: - The controller

    var scheduling: SchedulerSettings {
        var settings = SchedulerSettings(role: configuration.framework.role, user: frameworkUser)
        settings.principal = configuration.framework.principal
        settings.killsOrphans = configuration.sync.selfHeal
        return settings
    }
}

extension String {
    /// An IPv6 address in brackets, anything else as it is.
    fileprivate var bracketed: String { contains(":") ? "[\(self)]" : self }
}
