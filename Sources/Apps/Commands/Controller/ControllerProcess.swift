import Controller
import Digests
import Domain
import HTTPClient
import Logging
import Manifests
import ServiceLifecycle
import UnixSignals
import WebAPI
import ZooKeeperStore

/// A whole controller: everything that a process needs, wired together.
struct ControllerProcess {
    private let configuration: Configuration
    private let logger: Logger

    init(_ configuration: Configuration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// Runs until a signal asks to stop.
    /// - Throws: where a person is needed.
    func run() async throws {
        let parts = ControllerParts(configuration, logger: logger)
        let mirrors = try MirrorsFolder(below: configuration.dataDirectory)
        let http = try HTTPClient()
        let (listening, bound) = AsyncStream.makeStream(of: WebServer.Address.self)
        let controller = ControllerService(
            settings: configuration.settings,
            scheduling: parts.scheduling,
            store: store(listening),
            transport: try parts.transport(http),
            readers: configuration.sources.map { source in
                SourceReader(
                    name: source.name,
                    repository: parts.repository(source, mirrors: mirrors.path),
                    manifests: parts.manifests(source)
                )
            },
            sha256: sha256,
            logger: logger
        )
        let server = WebServer(
            address: configuration.http.listen,
            advertised: configuration.http.advertise,
            session: configuration.zookeeper.sessionTimeout,
            controller: controller,
            preview: PreviewTrees(configuration.sources, parts).read,
            sha256: sha256,
            logger: logger,
            listening: { bound.yield($0) }
        )
        logger.notice("starting", metadata: ["version": "\(Version.current)", "name": "\(configuration.name)"])
        let services = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    // Whichever cannot go on, the other one ends in peace: a server that is cancelled complains of that.
                    ServiceGroupConfiguration.ServiceConfiguration(
                        service: RunningController(controller: controller),
                        failureTerminationBehavior: .gracefullyShutdownGroup
                    ),
                    ServiceGroupConfiguration.ServiceConfiguration(
                        service: server,
                        failureTerminationBehavior: .gracefullyShutdownGroup
                    ),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: quiet
            )
        )
        defer { logger.notice("stopped") }
        try await services.run()
        await http.shutDown()
        withExtendedLifetime(mirrors) {}
    }

    private func store(_ listening: AsyncStream<WebServer.Address>) -> LateStore {
        LateStore(listening: listening) { [configuration, logger] address in
            try ZooKeeperStore(
                address: configuration.zookeeper.zookeeper,
                apiAddress: configuration.http.advertise ?? "http://\(address)",
                sha256: sha256,
                sessionTimeout: configuration.zookeeper.sessionTimeout,
                logger: logger
            )
        }
    }

    /// The library tells every step of starting and stopping; ours are enough.
    private var quiet: Logger {
        var logger = logger
        if logger.logLevel == .info { logger.logLevel = .warning }
        return logger
    }
}

/// The controller as a service: a graceful shutdown ends its turn and gives leadership up.
private struct RunningController: Service {
    let controller: ControllerService

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await controller.run() }
        } catch is CancellationError {}
    }
}

/// Reads posted trees as the controller reads commits.
private struct PreviewTrees: Sendable {
    private let empty: [String: SourceManifests]

    init(_ sources: [Configuration.Source], _ parts: ControllerParts) {
        empty = Dictionary(uniqueKeysWithValues: sources.map { ($0.name, parts.manifests($0)) })
    }

    func read(_ source: String, _ files: [String: String]) throws -> DesiredState {
        guard var manifests = empty[source] else { throw Failure("there is no source \(source)") }
        let all = files.sorted { $0.key < $1.key }.enumerated().map { index, file in
            SourceUpdate.File(
                path: file.key,
                blob: "\(index + 1)",
                content: Array(file.value.utf8),
                size: file.value.utf8.count
            )
        }
        return manifests.apply(
            SourceUpdate(
                source: source,
                revision: Revision("preview"),
                tree: "preview",
                author: "",
                committed: Instant(milliseconds: 0),
                subject: "",
                descends: true,
                files: .all(all)
            )
        )
    }
}
