import HTTPClient
import LoopbackHTTP
import Testing

struct RequestTests {
    @Test func `a request arrives as it was made and its answer comes back whole`() async throws {
        let seen = Log<LoopbackExchange>()
        try await withServer { exchange in
            seen.add(exchange)
            exchange.respond(202, headers: [("X-Made-By", " somebody "), ("Empty", "")], body: "thanks")
        } _: { client, server in
            let response = try await client.send(
                HTTPRequest(
                    .post,
                    "\(server.url)/a/b?c=d",
                    headers: [("Content-Type", "application/x-protobuf"), ("Mesos-Stream-Id", "7"), ("X-Empty", "")],
                    body: [0, 1, 2, 255]
                )
            )
            #expect(response.status == 202)
            #expect(response.text == "thanks")
            #expect(response.head["x-made-by"] == "somebody")
            #expect(response.head["EMPTY"] == "")
            #expect(response.head["absent"] == nil)
        }
        let exchange = try #require(seen.all.first)
        #expect(exchange.method == "POST")
        #expect(exchange.path == "/a/b?c=d")
        #expect(exchange.body == [0, 1, 2, 255])
        #expect(exchange.headers["content-type"] == "application/x-protobuf")
        #expect(exchange.headers["mesos-stream-id"] == "7")
        #expect(exchange.headers["x-empty"] == "")
        #expect(exchange.headers["content-length"] == "4")
        #expect(exchange.headers["expect"] == nil)
        #expect(exchange.headers["transfer-encoding"] == nil)
    }

    @Test(arguments: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
    func `every verb goes out with and without a body`(name: String) async throws {
        let seen = Log<LoopbackExchange>()
        let method = try #require(HTTPRequest.Method(rawValue: name))
        try await withServer { exchange in
            seen.add(exchange)
            exchange.respond(200, body: "ok")
        } _: { client, server in
            let bodies: [[UInt8]] = method == .head ? [[]] : [[], Array("body".utf8)]
            for body in bodies {
                let response = try await client.send(HTTPRequest(method, server.url, body: body))
                #expect(response.text == (method == .head ? "" : "ok"))
            }
            #expect(seen.all.map(\.method) == bodies.map { _ in name })
            #expect(seen.all.map(\.body) == bodies)
            #expect(seen.all.allSatisfy { $0.headers["content-type"] == nil })
        }
    }

    @Test func `bodies of megabytes go both ways unharmed`() async throws {
        let body = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        try await withServer { exchange in
            exchange.respond(200, body: exchange.body)
        } _: { client, server in
            let response = try await client.send(HTTPRequest(.post, server.url, body: body))
            #expect(response.body == body)
        }
    }

    @Test func `one connection serves request after request`() async throws {
        try await withServer { exchange in
            exchange.respond(200, body: exchange.path)
        } _: { client, server in
            for number in 0..<20 {
                let response = try await client.send(HTTPRequest(.get, "\(server.url)/\(number)"))
                #expect(response.text == "/\(number)")
            }
            #expect(server.connections == 1)
        }
    }

    @Test func `many requests at once do not wait for each other`() async throws {
        let latch = Latch()
        try await withServer { exchange in
            if exchange.path == "/slow" { latch.wait() }
            exchange.respond(200, body: exchange.path)
        } _: { client, server in
            async let slow = client.send(HTTPRequest(.get, "\(server.url)/slow"))
            try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<50 {
                    group.addTask { try await client.send(HTTPRequest(.get, "\(server.url)/\(number)")).text }
                }
                var answers: Set<String> = []
                for try await answer in group { answers.insert(answer) }
                #expect(answers.count == 50)
            }
            latch.open()
            #expect(try await slow.text == "/slow")
        }
    }

    @Test func `a redirect is an answer like any other`() async throws {
        try await withServer { exchange in
            exchange.respond(307, headers: [("Location", "//example.invalid:5050/here")])
        } _: { client, server in
            let response = try await client.send(HTTPRequest(.post, server.url, body: [1]))
            #expect(response.status == 307)
            #expect(response.head["location"] == "//example.invalid:5050/here")
        }
    }

    @Test func `an interim answer and trailers are passed over`() async throws {
        try await withServer { exchange in
            exchange.send(Array("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n".utf8))
            exchange.begin(200, headers: [("Real", "yes")])
            exchange.chunk(Array("a".utf8))
            exchange.send(Array("0\r\nTrailer: late\r\n\r\n".utf8))
        } _: { client, server in
            let response = try await client.send(HTTPRequest(.get, server.url))
            #expect(response.status == 200)
            #expect(response.text == "a")
            #expect(response.head["link"] == nil)
            #expect(response.head["real"] == "yes")
            #expect(response.head["trailer"] == nil)
        }
    }
}
