import Commands
import FoundationEssentials
import Synchronization
import WebAPI

/// A controller's API that answers each path with prepared documents, one after the other; the last one stays.
final class FakeAPI: Sendable {
    private struct State {
        var answers: [String: [APIAnswer]] = [:]
        var calls: [APICall] = []
    }

    private let state = Mutex(State())

    var calls: [APICall] { state.withLock { $0.calls } }

    func answer(_ route: String, _ documents: any Encodable & Sendable...) throws {
        let answers = try documents.map { APIAnswer(status: 200, body: Array(try JSON.encode($0))) }
        state.withLock { $0.answers[route] = answers }
    }

    func answer(_ route: String, with answers: APIAnswer...) { state.withLock { $0.answers[route] = answers } }

    var exchange: APIExchange {
        { [self] call in
            try state.withLock { state in
                state.calls.append(call)
                let steps = call.url.split(separator: "/", maxSplits: 2)
                let route = "\(call.method) /\(steps.last ?? "")"
                guard var answers = state.answers[route], let first = answers.first else {
                    throw NoAnswer("\(route) was not expected to be asked")
                }
                if answers.count > 1 { answers.removeFirst() }
                state.answers[route] = answers
                return first
            }
        }
    }
}
