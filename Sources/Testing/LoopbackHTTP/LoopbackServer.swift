import Synchronization

/// An HTTP/1.1 server on a free port of 127.0.0.1 for tests, as bare as it can be, so that it can also do what no decent
/// server does: fall silent, cut an answer short, close without one. Every connection has a thread.
package final class LoopbackServer: Sendable {
    private struct State {
        var connections: [Int: Socket] = [:]
        var threads: [JoinableThread] = []
        var accepted = 0
        var isStopping = false
    }

    /// Where it listens.
    package let port: Int
    private let listener: Socket
    private let handler: @Sendable (LoopbackExchange) -> Void
    private let state = Mutex(State())

    /// Starts a server. `handler` answers one request, on the thread of the request's connection.
    /// - Throws: where the system gives no socket or thread.
    package init(_ handler: @escaping @Sendable (LoopbackExchange) -> Void) throws(SocketError) {
        let (listener, port) = try Socket.listening()
        (self.listener, self.port, self.handler) = (listener, port, handler)
        let acceptor = try JoinableThread { [self] in acceptAll() }
        state.withLock { $0.threads.append(acceptor) }
    }

    /// `http://127.0.0.1:port`
    package var url: String { "http://127.0.0.1:\(port)" }

    /// How many connections there have been.
    package var connections: Int { state.withLock { $0.accepted } }

    /// How many connections are open now.
    package var openConnections: Int { state.withLock { $0.connections.count } }

    /// Closes everything and returns when its threads are gone. Once is enough; a second time does nothing.
    package func stop() {
        let (isFirst, threads) = state.withLock { state in
            defer { (state.isStopping, state.threads) = (true, []) }
            for connection in state.connections.values { connection.shutDown() }
            return (!state.isStopping, state.threads)
        }
        guard isFirst else { return }
        listener.shutDown()
        for thread in threads { thread.join() }
        // The acceptor may have started connections until it ended; nobody starts any now.
        let late = state.withLock { state in
            defer { state.threads = [] }
            return state.threads
        }
        for thread in late { thread.join() }
    }

    private func acceptAll() {
        while let connection = listener.accepted() {
            let number = state.withLock { state -> Int? in
                guard !state.isStopping else { return nil }
                state.accepted += 1
                state.connections[state.accepted] = connection
                return state.accepted
            }
            guard let number else { return connection.shutDown() }
            do throws(SocketError) {
                let thread = try JoinableThread { [self] in serve(connection, number) }
                state.withLock { $0.threads.append(thread) }
            } catch {
                drop(connection, number)
            }
        }
    }

    private func serve(_ connection: Socket, _ number: Int) {
        var reader = RequestReader(connection)
        while let exchange = reader.next(connection: number) {
            handler(exchange)
            guard exchange.mayGoOn else { break }
        }
        drop(connection, number)
    }

    private func drop(_ connection: Socket, _ number: Int) {
        connection.shutDown()
        state.withLock { $0.connections[number] = nil }
    }
}

/// One request and the way to answer it.
package final class LoopbackExchange: Sendable {
    /// The verb.
    package let method: String
    /// What follows host and port.
    package let path: String
    /// Headers by their names in lower case.
    package let headers: [String: String]
    /// The body.
    package let body: [UInt8]
    /// Which of the server's connections it came on, from 1.
    package let connection: Int
    private let socket: Socket
    private let goesOn = Mutex(true)

    init(method: String, path: String, headers: [String: String], body: [UInt8], connection: Int, socket: Socket) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        self.connection = connection
        self.socket = socket
    }

    var mayGoOn: Bool { goesOn.withLock { $0 } }

    /// Answers in one piece.
    package func respond(_ status: Int, headers: [(String, String)] = [], body: String = "") {
        respond(status, headers: headers, body: Array(body.utf8))
    }

    /// Answers in one piece.
    package func respond(_ status: Int, headers: [(String, String)] = [], body: [UInt8]) {
        let all = headers + [("Content-Length", "\(body.count)")]
        // One write, as a server with a buffer does it.
        send(Self.head(status, all) + (method == "HEAD" ? [] : body))
    }

    /// Starts an answer whose body comes in chunks (``chunk(_:)``).
    package func begin(_ status: Int, headers: [(String, String)] = []) {
        send(Self.head(status, headers + [("Transfer-Encoding", "chunked")]))
    }

    /// One chunk of the body; false where the client is gone.
    @discardableResult
    package func chunk(_ bytes: [UInt8]) -> Bool {
        send(Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + Array("\r\n".utf8))
    }

    /// The end of the body.
    package func end() { send(Array("0\r\n\r\n".utf8)) }

    /// These very bytes.
    @discardableResult
    package func send(_ bytes: [UInt8]) -> Bool {
        let isThere = socket.send(bytes)
        if !isThere { goesOn.withLock { $0 = false } }
        return isThere
    }

    /// Closes the connection, in whatever state the answer is.
    package func close() {
        goesOn.withLock { $0 = false }
        socket.shutDown()
    }

    /// Returns when the client has closed the connection, or the server is stopped. What the client sends is passed over.
    package func waitForClose() {
        while !socket.received().isEmpty {}
        goesOn.withLock { $0 = false }
    }

    private static func head(_ status: Int, _ headers: [(String, String)]) -> [UInt8] {
        let lines = ["HTTP/1.1 \(status) Status"] + headers.map { "\($0): \($1)" }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }
}

/// Takes requests off a connection, one after the other.
struct RequestReader {
    private let socket: Socket
    private var buffer: [UInt8] = []

    init(_ socket: Socket) { self.socket = socket }

    /// The next request; `nil` when the connection is over.
    mutating func next(connection: Int) -> LoopbackExchange? {
        guard let head = takeHead() else { return nil }
        let lines = head.split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count == 3 else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { return nil }
            headers[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        guard let body = take(Int(headers["content-length"] ?? "0") ?? 0) else { return nil }
        return LoopbackExchange(
            method: String(words[0]),
            path: String(words[1]),
            headers: headers,
            body: body,
            connection: connection,
            socket: socket
        )
    }

    private mutating func takeHead() -> String? {
        let mark = Array("\r\n\r\n".utf8)
        while true {
            if let end = buffer.firstRange(of: mark) {
                let head = String(decoding: buffer[..<end.lowerBound], as: UTF8.self)
                buffer.removeSubrange(..<end.upperBound)
                return head
            }
            guard fill() else { return nil }
        }
    }

    private mutating func take(_ count: Int) -> [UInt8]? {
        while buffer.count < count { guard fill() else { return nil } }
        defer { buffer.removeFirst(count) }
        return Array(buffer[..<count])
    }

    private mutating func fill() -> Bool {
        let bytes = socket.received()
        buffer += bytes
        return !bytes.isEmpty
    }
}
