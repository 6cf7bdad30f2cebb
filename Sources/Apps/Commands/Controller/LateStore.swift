import Boundary
import WebAPI

/// A store that is made when the API's port is known, because the leader's address stands in the store.
actor LateStore: StateStore {
    private let listening: AsyncStream<WebServer.Address>
    private let make: @Sendable (WebServer.Address) throws -> any StateStore
    private var store: (any StateStore)?

    /// - Parameters:
    ///   - listening: brings the address once.
    ///   - make: makes the store.
    init(
        listening: AsyncStream<WebServer.Address>,
        make: @escaping @Sendable (WebServer.Address) throws -> any StateStore
    ) {
        self.listening = listening
        self.make = make
    }

    func lead(report: @escaping @Sendable (StoreReport) -> Void) async throws -> any LeaderSession {
        try await made().lead(report: report)
    }

    private func made() async throws -> any StateStore {
        if let store { return store }
        for await address in listening {
            let store = try make(address)
            self.store = store
            return store
        }
        throw CancellationError()
    }
}
