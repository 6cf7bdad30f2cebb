import HTTPClient
import LoopbackHTTP
import Testing

struct LaneTests {
    @Test func `a lane keeps the order, one at a time, over one connection`() async throws {
        let arrived = Log<String>()
        try await withServer { exchange in
            arrived.add(exchange.path)
            // The first ones are the slowest: without the lane the later ones would overtake.
            if arrived.all.count < 5 { usleepForAMillisecond() }
            exchange.respond(202)
        } _: { client, server in
            let answered = Log<Int>()
            let lane = client.lane()
            for number in 0..<500 {
                lane.submit(HTTPRequest(.post, "\(server.url)/\(number)", body: [1])) { result in
                    if case .success(let response) = result, response.status == 202 { answered.add(number) }
                }
            }
            try await eventually("all are answered") { answered.all.count == 500 }
            #expect(answered.all == Array(0..<500))
            #expect(arrived.all == (0..<500).map { "/\($0)" })
            #expect(server.connections == 1)
        }
    }

    @Test func `a request that fails does not stop the ones behind it`() async throws {
        try await withServer { exchange in
            if exchange.path == "/1" { exchange.close() } else { exchange.respond(202) }
        } _: { client, server in
            let outcomes = Log<String>()
            let lane = client.lane()
            let urls = ["\(server.url)/0", "\(server.url)/1", "bad\nurl://", "\(server.url)/2"]
            for url in urls {
                lane.submit(HTTPRequest(.post, url, body: [1])) { result in
                    switch result {
                    case .success(let response): outcomes.add("\(response.status)")
                    case .failure(let error): outcomes.add("\(error.kind)")
                    }
                }
            }
            try await eventually("all have ended") { outcomes.all.count == 4 }
            #expect(outcomes.all[0] == "202")
            #expect(outcomes.all[1] == "broken")
            #expect(outcomes.all[3] == "202")
        }
    }

    @Test func `closing a lane gives up what is on it and leaves other lanes alone`() async throws {
        let arrived = Log<String>()
        try await withServer { exchange in
            arrived.add(exchange.path)
            if exchange.path == "/0" { exchange.waitForClose() } else { exchange.respond(202) }
        } _: { client, server in
            let outcomes = Log<HTTPError.Kind>()
            let lane = client.lane()
            let other = client.lane()
            for number in 0..<10 {
                lane.submit(HTTPRequest(.post, "\(server.url)/\(number)", body: [1])) { result in
                    if case .failure(let error) = result { outcomes.add(error.kind) }
                }
            }
            try await eventually("the first arrives") { arrived.all == ["/0"] }
            lane.close()
            lane.submit(HTTPRequest(.post, "\(server.url)/late", body: [1])) { result in
                if case .failure(let error) = result { outcomes.add(error.kind) }
            }
            try await eventually("all have ended") { outcomes.all.count == 11 }
            #expect(outcomes.all.allSatisfy { $0 == .cancelled })
            let answered = Log<Int>()
            other.submit(HTTPRequest(.post, "\(server.url)/other", body: [1])) { result in
                if case .success(let response) = result { answered.add(response.status) }
            }
            try await eventually("the other lane works") { answered.all == [202] }
            #expect(arrived.all == ["/0", "/other"])
        }
    }

    @Test func `shutting down fails every request on every lane`() async throws {
        try await withServer {
            $0.waitForClose()
        } _: { client, server in
            let outcomes = Log<HTTPError.Kind>()
            let lanes = (0..<3).map { _ in client.lane() }
            for lane in lanes {
                for _ in 0..<5 {
                    lane.submit(HTTPRequest(.post, server.url, body: [1])) { result in
                        if case .failure(let error) = result { outcomes.add(error.kind) }
                    }
                }
            }
            await client.shutDown()
            #expect(outcomes.all == Array(repeating: .shutDown, count: 15))
        }
    }
}
