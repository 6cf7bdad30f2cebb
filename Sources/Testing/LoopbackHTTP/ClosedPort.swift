/// A port where nothing listens, and nothing can as long as this lives: a port that a server had and gave back is soon
/// another one's, when tests run side by side.
package final class ClosedPort: Sendable {
    /// The port.
    package let port: Int
    private let socket: Socket

    /// Takes a free port.
    package init() throws {
        (socket, port) = try Socket.bound()
    }

    /// `http://127.0.0.1:PORT`, which refuses every connection.
    package var url: String { "http://127.0.0.1:\(port)" }
}
