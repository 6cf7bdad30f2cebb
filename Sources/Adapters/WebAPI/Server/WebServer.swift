package import Controller
package import Domain
import Hummingbird
package import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// The HTTP API of a controller, as a service: it serves until it is asked to stop, then finishes the requests that it has.
package struct WebServer: Service {
    /// Where it listens.
    package struct Address: Hashable, Sendable, CustomStringConvertible {
        /// The interface's address or name.
        package var host: String
        /// The port; 0 for any free one.
        package var port: Int

        /// An address.
        package init(host: String, port: Int) {
            self.host = host
            self.port = port
        }

        /// `127.0.0.1:8080`; an IPv6 address stands in brackets.
        package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    }

    /// Why the server cannot listen.
    package struct ListenFailure: Error, CustomStringConvertible {
        /// What happened and what to do.
        package var description: String
    }

    /// The process's event loops, which all its servers share. Two are plenty: the answers are made from memory; more
    /// would be threads that only wait. They are never shut down: connections that are cut off by a server's end schedule
    /// the last of their work after it.
    private static let loops = MultiThreadedEventLoopGroup(numberOfThreads: 2)

    private let address: Address
    private let api: API
    private let logger: Logger
    private let listening: @Sendable (Address) -> Void

    /// A server.
    /// - Parameters:
    ///   - address: where it listens.
    ///   - advertised: where other machines reach it, as a URL; `nil` where that is where it listens.
    ///   - session: how long the lead of a killed process lasts, for the reason that is told meanwhile.
    ///   - controller: what it shows and asks.
    ///   - preview: reads a tree that was posted for a plan.
    ///   - sha256: hashes the plans' hashes where there are several sources.
    ///   - logger: where requests are logged.
    ///   - listening: called once, with the real port, as soon as requests are answered.
    package init(
        address: Address,
        advertised: String? = nil,
        session: Milliseconds? = nil,
        controller: any ControllerHandle,
        preview: @escaping PreviewReader,
        sha256: @escaping SHA256,
        logger: Logger,
        listening: @escaping @Sendable (Address) -> Void = { _ in }
    ) {
        self.address = address
        self.api = API(
            controller: controller,
            own: OwnAddress(advertised: advertised, session: session),
            preview: preview,
            sha256: sha256
        )
        self.logger = logger
        self.listening = listening
    }

    /// Serves until a graceful shutdown or cancellation.
    /// - Throws: ``ListenFailure`` where the address cannot be had.
    package func run() async throws {
        let application = Application(
            router: api.router(),
            server: .http1(configuration: .init(idleTimeout: .seconds(75))),
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port),
                serverName: "pacer"
            ),
            onServerRunning: { [address, listening, logger, api] channel in
                let bound = Address(host: address.host, port: channel.localAddress?.port ?? address.port)
                api.own.listens(on: bound)
                logger.notice("listening on http://\(bound)")
                listening(bound)
            },
            eventLoopGroupProvider: .shared(WebServer.loops),
            logger: quiet(logger)
        )
        do {
            try await application.run()
        } catch let error as IOError {
            throw ListenFailure(
                description: "cannot listen on \(address): \(error.localizedReason);"
                    + " choose another address with --listen or http.listen in the configuration"
            )
        }
    }

    /// The library's own notices repeat ours.
    private func quiet(_ logger: Logger) -> Logger {
        var logger = logger
        if logger.logLevel == .info { logger.logLevel = .notice }
        return logger
    }
}

extension IOError {
    fileprivate var localizedReason: String {
        switch errnoCode {
        case EADDRINUSE: "the address is in use"
        case EACCES: "permission denied"
        case EADDRNOTAVAIL: "no interface has this address"
        default: "\(self)"
        }
    }
}
