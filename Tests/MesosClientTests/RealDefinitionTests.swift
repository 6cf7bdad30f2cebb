import Boundary
import Domain
import HTTPClient
import MesosClient
import Scheduling
import Testing

/// A real Mesos looks at every kind of task that a definition can become.
@Suite(.enabled(if: RealMesos.scripts != nil, "needs Scripts/mesos or PACER_MESOS_SCRIPTS"))
struct RealDefinitionTests {
    @Test func `the master takes every one of them for valid`() async throws {
        try await RealMesos.with(agents: 1) { mesos in
            try await withClient { client in
                let recorder = Recorder()
                let transport = session(.addresses([mesos.address]), client)
                transport.subscribe(1, recorder)
                _ = try await recorder.subscribed(1)
                var taken = 0
                for (index, sample) in TaskSamples.all.enumerated() {
                    // What the agent makes of it (it has no Docker, no such programs and networks) is another matter.
                    let status = try await firstStatus(of: sample, index, transport, recorder, &taken)
                    #expect(status.state != .error, "\(sample.name): \(status.message)")
                }
                transport.close()
            }
        }
    }

    /// Launches in all offers that were not taken yet, once they hold enough, and waits for Mesos's first word.
    private func firstStatus(
        of sample: TaskSamples,
        _ number: Int,
        _ transport: MesosSession,
        _ recorder: Recorder,
        _ taken: inout Int
    ) async throws -> TaskStatus {
        let already = taken
        let fresh = try await eventually("enough offers") { () -> [Offer]? in
            let fresh = Array(offers(recorder).dropFirst(already))
            return fresh.reduce(0) { $0 + cpus(of: $1) } >= 2000 ? fresh : nil
        }
        taken += fresh.count
        let agent = try #require(fresh.first).agent.id
        // A few ports for each, so that none waits for the end of another.
        let base = try #require(offers(recorder).lazy.compactMap(firstPort).first) + 4 * number
        var operation = try sample.operation(TaskID("shop_web.1-\(number)"), portsFrom: base)
        operation.move(to: agent)
        transport.send(.proven(.accept(fresh.map(\.id), [operation], refuse: .zero)))
        let tasks = operation.launches.map(\.id)
        let seen = recorder.events(1).count
        let status = try await eventually("a status of \(tasks)") { () -> TaskStatus? in
            for case .update(let status) in recorder.events(1).dropFirst(seen) where tasks.contains(status.task) {
                return status
            }
            return nil
        }
        for task in operation.launches { transport.send(.proven(.kill(task.id, agent))) }
        return status
    }

    private func firstPort(of offer: Offer) -> Int? {
        for resource in offer.resources where resource.name == "ports" {
            if case .ranges(let ranges) = resource.value { return ranges.first?.lowerBound }
        }
        return nil
    }

    private func cpus(of offer: Offer) -> Int64 {
        offer.resources.reduce(0) { sum, resource in
            if resource.name == "cpus", case .scalar(let amount) = resource.value { sum + amount } else { sum }
        }
    }

    private func offers(_ recorder: Recorder) -> [Offer] {
        recorder.events(1).flatMap { event in
            if case .offers(let offers) = event { offers } else { [Offer]() }
        }
    }
}

extension OfferOperation {
    /// The same on another agent.
    fileprivate mutating func move(to agent: AgentID) {
        switch self {
        case .launch(var tasks):
            for index in tasks.indices { tasks[index].agent = agent }
            self = .launch(tasks)
        case .launchGroup(let executor, var tasks):
            for index in tasks.indices { tasks[index].agent = agent }
            self = .launchGroup(executor, tasks)
        default: break
        }
    }
}
