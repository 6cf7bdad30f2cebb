import Glibc
import HTTPClient
import LoopbackHTTP
import Testing

struct StreamTests {
    private static let forEver = HTTPRequest.Timeouts(total: nil)

    @Test func `a stream brings its head at once and its bytes as they come`() async throws {
        let steps = Steps()
        try await withServer { exchange in
            exchange.begin(200, headers: [("Mesos-Stream-Id", "s")])
            steps.wait(for: 1)
            exchange.chunk(Array("one".utf8))
            steps.wait(for: 2)
            exchange.chunk(Array("two".utf8))
            exchange.end()
        } _: { client, server in
            let stream = try await client.stream(HTTPRequest(.post, server.url, body: [1], timeouts: Self.forEver))
            #expect(stream.head.status == 200)
            #expect(stream.head["mesos-stream-id"] == "s")
            steps.advance()
            #expect(try await stream.next() == Array("one".utf8))
            steps.advance()
            #expect(try await stream.next() == Array("two".utf8))
            #expect(try await stream.next() == nil)
            #expect(try await stream.next() == nil)
        }
    }

    @Test func `what came before the connection broke is handed out before the error`() async throws {
        try await withServer { exchange in
            exchange.begin(200)
            exchange.chunk(Array("last words".utf8))
            exchange.send(Array("ff\r\nhalf a chunk".utf8))
            exchange.close()
        } _: { client, server in
            let stream = try await client.stream(HTTPRequest(.get, server.url, timeouts: Self.forEver))
            var bytes: [UInt8] = []
            let error = await #expect(throws: HTTPError.self) {
                while let more = try await stream.next() { bytes += more }
            }
            #expect(String(decoding: bytes, as: UTF8.self) == "last wordshalf a chunk")
            #expect(error?.kind == .broken)
        }
    }

    @Test func `a server that takes the request and says nothing is given up`() async throws {
        try await withServer {
            $0.waitForClose()
        } _: { client, server in
            let limits = HTTPRequest.Timeouts(total: nil, head: .milliseconds(50))
            let error = await #expect(throws: HTTPError.self) {
                _ = try await client.stream(HTTPRequest(.post, server.url, body: [1], timeouts: limits))
            }
            #expect(error?.kind == .timedOut)
            #expect(error?.description.contains("did not answer within 50 ms") == true)
            try await eventually("the connection is closed") { server.openConnections == 0 }
        }
    }

    @Test func `a stream that falls silent ends, one that does not goes on`() async throws {
        let limits = HTTPRequest.Timeouts(total: nil, silence: .milliseconds(1500))
        try await withServer { exchange in
            exchange.begin(200)
            // Longer in all than the limit for one silence.
            for _ in 0..<100 {
                exchange.chunk([46])
                for _ in 0..<20 { usleepForAMillisecond() }
            }
            exchange.waitForClose()
        } _: { client, server in
            let stream = try await client.stream(HTTPRequest(.get, server.url, timeouts: limits))
            var count = 0
            let error = await #expect(throws: HTTPError.self) {
                while let more = try await stream.next() { count += more.count }
            }
            #expect(count == 100)
            #expect(error?.kind == .timedOut)
            #expect(error?.description.contains("has sent nothing for 1.5 s") == true)
        }
    }

    @Test func `a reader that is too slow loses the connection, and the bytes do not pile up`() async throws {
        try await withServer { exchange in
            exchange.begin(200)
            while exchange.chunk(Array(repeating: 65, count: 60_000)) {}
        } _: { client, server in
            let request = HTTPRequest(.get, server.url, timeouts: Self.forEver)
            let stream = try await client.stream(request, buffer: 200_000)
            try await eventually("the connection is closed") { server.openConnections == 0 }
            var count = 0
            let error = await #expect(throws: HTTPError.self) {
                while let more = try await stream.next() { count += more.count }
            }
            #expect((1...200_000).contains(count))
            #expect(error?.kind == .tooLong)
        }
    }

    @Test func `letting go of a stream closes its connection`() async throws {
        try await withServer { exchange in
            exchange.begin(200)
            exchange.waitForClose()
        } _: { client, server in
            do {
                let stream = try await client.stream(HTTPRequest(.get, server.url, timeouts: Self.forEver))
                #expect(stream.head.status == 200)
            }
            try await eventually("the connection is closed") { server.openConnections == 0 }
        }
    }

    @Test func `a child process does not keep a connection open`() async throws {
        try await withServer { exchange in
            exchange.begin(200)
            exchange.waitForClose()
        } _: { client, server in
            let child: pid_t
            do {
                let stream = try await client.stream(HTTPRequest(.get, server.url, timeouts: Self.forEver))
                child = try spawn(["/bin/sleep", "1000"])
                #expect(stream.head.status == 200)
            }
            try await eventually("the connection is closed") { server.openConnections == 0 }
            var status: Int32 = 0
            #expect(kill(child, SIGKILL) == 0)
            #expect(waitpid(child, &status, 0) == child)
        }
    }

    @Test func `cancelling the reader's task ends the stream`() async throws {
        let reading = Log<Int>()
        try await withServer { exchange in
            exchange.begin(200)
            exchange.waitForClose()
        } _: { client, server in
            let request = HTTPRequest(.get, server.url, timeouts: Self.forEver)
            let task = Task {
                let stream = try await client.stream(request)
                reading.add(stream.head.status)
                return try await stream.next()
            }
            try await eventually("the stream is open") { reading.all == [200] }
            task.cancel()
            let error = await #expect(throws: HTTPError.self) { _ = try await task.value }
            #expect(error?.kind == .cancelled)
            try await eventually("the connection is closed") { server.openConnections == 0 }
        }
    }

    @Test(arguments: UInt64(0)..<20)
    func `however the bytes are cut, they arrive in order and complete`(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 7919 >> 4) }
        var cuts: [ArraySlice<UInt8>] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Int(random.next() % 5000) + 1
            cuts.append(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        try await withServer { [cuts] exchange in
            exchange.begin(200)
            for cut in cuts { exchange.chunk(Array(cut)) }
            exchange.end()
        } _: { client, server in
            let stream = try await client.stream(HTTPRequest(.get, server.url, timeouts: Self.forEver))
            var received: [UInt8] = []
            while let more = try await stream.next() { received += more }
            #expect(received == bytes)
        }
    }
}

/// Lets a server's thread and a test go in step.
final class Steps: Sendable {
    private let latches = (0..<8).map { _ in Latch() }
    private let taken = Log<Int>()

    /// The test's side: the next step may be done.
    func advance() {
        taken.add(0)
        latches[taken.all.count].open()
    }

    /// The server's side: returns when step `number` may be done.
    func wait(for number: Int) { latches[number].wait() }
}

/// A small generator with a seed.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
