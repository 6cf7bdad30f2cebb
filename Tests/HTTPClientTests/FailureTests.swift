import HTTPClient
import LoopbackHTTP
import Testing

struct FailureTests {
    @Test func `a refused connection names the server and what it means`() async throws {
        let closed = try ClosedPort()
        try await withServer {
            $0.respond(200)
        } _: { client, _ in
            let error = try await failure(of: HTTPRequest(.get, "\(closed.url)/x?secret=1"), client)
            #expect(error.kind == .unreachable)
            #expect(error.description == "\(closed.url) refused the connection: nothing listens there.")
        }
    }

    @Test func `a name without an address is told as such`() async throws {
        let client = try HTTPClient()
        let error = try await failure(of: HTTPRequest(.get, "http://user:pw@nowhere.invalid:5050/"), client)
        #expect(error.kind == .unresolvable)
        #expect(error.description.hasPrefix("The name in http://nowhere.invalid:5050 has no address: "))
        await client.shutDown()
    }

    @Test(arguments: ["", "nonsense", "ftp://127.0.0.1/", "http://", "http://127.0.0.1:99999/"])
    func `what is no address of an HTTP server is refused`(url: String) async throws {
        let client = try HTTPClient()
        let error = try await failure(
            of: HTTPRequest(.get, url, timeouts: HTTPRequest.Timeouts(connect: .milliseconds(200))),
            client
        )
        #expect([.invalid, .unresolvable, .unreachable].contains(error.kind), "\(error)")
        await client.shutDown()
    }

    @Test(arguments: [("X\r\nY", "v"), ("X", "v\nY: w"), ("X", "v\0"), ("", "v"), ("X: Y", "v")])
    func `a header that would bring in others is refused`(name: String, value: String) async throws {
        try await withServer {
            $0.respond(200)
        } _: { client, server in
            let error = try await failure(of: HTTPRequest(.get, server.url, headers: [(name, value)]), client)
            #expect(error.kind == .invalid)
            #expect(server.connections == 0)
        }
    }

    @Test func `a server that does not answer runs into the time limit`() async throws {
        try await withServer {
            $0.waitForClose()
        } _: { client, server in
            let limits = HTTPRequest.Timeouts(total: .milliseconds(80))
            let error = try await failure(of: HTTPRequest(.get, server.url, timeouts: limits), client)
            #expect(error.kind == .timedOut)
            #expect(error.description == "\(server.url) did not answer GET within 80 ms.")
            try await eventually("the connection is closed") { server.openConnections == 0 }
        }
    }

    @Test func `an answer that is too long is broken off`() async throws {
        try await withServer { exchange in
            exchange.begin(200)
            while exchange.chunk(Array(repeating: 65, count: 10_000)) {}
        } _: { client, server in
            let error = try await failure(of: HTTPRequest(.get, server.url, responseLimit: 100_000), client)
            #expect(error.kind == .tooLong)
            #expect(error.description == "The answer of \(server.url) is longer than 100000 bytes.")
            try await eventually("the connection is closed") { server.openConnections == 0 }
        }
    }

    @Test func `an answer that is cut short is no answer`() async throws {
        try await withServer { exchange in
            exchange.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc".utf8))
            exchange.close()
        } _: { client, server in
            let broken = try await failure(of: HTTPRequest(.get, server.url), client)
            #expect(broken.kind == .broken)
        }
    }

    @Test func `a request with a body is sent once, even where libcurl would try again`() async throws {
        let seen = Log<String>()
        try await withServer { exchange in
            seen.add(exchange.path)
            if exchange.path == "/second" { exchange.close() } else { exchange.respond(200) }
        } _: { client, server in
            // The second request goes over the first one's connection: that is when libcurl would open another one.
            #expect(try await client.send(HTTPRequest(.post, "\(server.url)/first", body: [1])).status == 200)
            let error = try await failure(of: HTTPRequest(.post, "\(server.url)/second", body: [2]), client)
            #expect(error.kind == .broken)
            #expect(seen.all == ["/first", "/second"])
        }
    }

    @Test func `a connection that the server closed meanwhile is replaced`() async throws {
        let closed = Latch()
        try await withServer { exchange in
            exchange.respond(200)
            if exchange.path == "/first" {
                exchange.close()
                closed.open()
            }
        } _: { client, server in
            #expect(try await client.send(HTTPRequest(.post, "\(server.url)/first", body: [1])).status == 200)
            closed.wait()
            try await eventually("the server has closed it") { server.openConnections == 0 }
            #expect(try await client.send(HTTPRequest(.post, "\(server.url)/second", body: [2])).status == 200)
            #expect(server.connections == 2)
        }
    }

    @Test func `cancelling the task breaks the request off`() async throws {
        let seen = Log<String>()
        try await withServer { exchange in
            seen.add(exchange.path)
            exchange.waitForClose()
        } _: { client, server in
            let task = Task { try await failure(of: HTTPRequest(.get, server.url), client) }
            try await eventually("the request arrives") { !seen.all.isEmpty }
            task.cancel()
            let error = try await task.value
            #expect(error.kind == .cancelled)
            try await eventually("the connection is closed") { server.openConnections == 0 }
        }
    }

    @Test func `a task that was cancelled before sends nothing`() async throws {
        try await withServer {
            $0.respond(200)
        } _: { client, server in
            let task = Task {
                while !Task.isCancelled { await Task.yield() }
                return try await failure(of: HTTPRequest(.get, server.url), client)
            }
            task.cancel()
            let error = try await task.value
            #expect(error.kind == .cancelled)
            #expect(server.connections == 0)
        }
    }

    @Test func `shutting down fails what is under way and everything after`() async throws {
        let seen = Log<String>()
        try await withServer { exchange in
            seen.add(exchange.path)
            exchange.waitForClose()
        } _: { client, server in
            let task = Task { try await failure(of: HTTPRequest(.get, server.url), client) }
            try await eventually("the request arrives") { !seen.all.isEmpty }
            await client.shutDown()
            #expect(try await task.value.kind == .shutDown)
            #expect(try await failure(of: HTTPRequest(.get, server.url), client).kind == .shutDown)
            try await eventually("the connection is closed") { server.openConnections == 0 }
        }
    }

    @Test func `letting go of the client closes its connections`() async throws {
        let server = try LoopbackServer { $0.respond(200) }
        defer { server.stop() }
        do {
            let client = try HTTPClient()
            #expect(try await client.send(HTTPRequest(.get, server.url)).status == 200)
            #expect(server.openConnections == 1)
        }
        try await eventually("the connection is closed") { server.openConnections == 0 }
    }
}
