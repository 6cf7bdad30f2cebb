import Boundary
import WebAPI

/// A store that is made when the API's port is known, because the leader's address stands in the store.
struct LateStore: StateStore {
    let bound: BoundAddress
    let make: @Sendable (WebServer.Address) throws -> any StateStore

    func lead(report: @escaping @Sendable (StoreReport) -> Void) async throws -> any LeaderSession {
        let store = try make(try await bound.value())
        return try await store.lead(report: report)
    }
}

/// Where the API listens, once it does.
final class BoundAddress: Sendable {
    private let stream: AsyncStream<WebServer.Address>
    private let continuation: AsyncStream<WebServer.Address>.Continuation
    private let cache = BoundAddressCache()

    init() { (stream, continuation) = AsyncStream.makeStream(of: WebServer.Address.self) }

    func set(_ address: WebServer.Address) {
        continuation.yield(address)
        continuation.finish()
    }

    /// Waits for it.
    /// - Throws: `CancellationError`.
    func value() async throws -> WebServer.Address { try await cache.value(from: stream) }
}

private actor BoundAddressCache {
    private var address: WebServer.Address?

    func value(from stream: AsyncStream<WebServer.Address>) async throws -> WebServer.Address {
        if let address { return address }
        for await found in stream {
            address = found
            return found
        }
        throw CancellationError()
    }
}
