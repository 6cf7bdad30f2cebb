import Boundary
import Domain
import FoundationEssentials
import HTTPClient
import MesosClient
import MesosWire
import Scheduling
import Testing

/// What only a real Mesos can show.
@Suite(.enabled(if: RealMesos.scripts != nil, "needs Scripts/mesos or PACER_MESOS_SCRIPTS"))
struct RealMesosTests {
    @Test func `Mesos lets in who has the secret, and nobody else`() async throws {
        let flags = { (folder: String) in
            let file = folder + "/credentials"
            let credentials = #"{"credentials":[{"principal":"pacer","secret":"open sesame"}]}"#
            try Data(credentials.utf8).write(to: URL(filePath: file))
            return [
                "MESOS_AUTHENTICATE_HTTP_FRAMEWORKS=true", "MESOS_HTTP_FRAMEWORK_AUTHENTICATORS=basic",
                "MESOS_CREDENTIALS=\(file)",
            ]
        }
        try await RealMesos.with(agents: 1, flags: flags) { mesos in
            try await withClient { client in
                var framework = description()
                framework.principal = "pacer"
                for (secret, isRight) in [("wrong", false), ("open sesame", true)] {
                    let configuration = MesosConfiguration(
                        master: .addresses([mesos.address]),
                        framework: framework,
                        credential: Credential(principal: "pacer", secret: secret)
                    )
                    let recorder = Recorder()
                    let transport = MesosSession(configuration, client: client, logger: quiet)
                    transport.subscribe(1, recorder)
                    if isRight {
                        _ = try await recorder.subscribed(1)
                        transport.close()
                    } else {
                        #expect(try await recorder.ending(1).contains("does not accept the secret of principal pacer"))
                    }
                }
            }
        }
    }

    @Test func `after a crash of Mesos the framework is itself again and its task has lived on`() async throws {
        try await RealMesos.with(agents: 1) { mesos in
            try await withClient { client in
                let recorder = Recorder()
                let transport = session(.addresses([mesos.address]), client)
                transport.subscribe(1, recorder)
                let id = try await recorder.subscribed(1)
                let task = try await launch(transport, recorder)
                let before = mesos.address
                try await mesos.crashAndReturn()
                #expect(mesos.address == before)
                _ = try await recorder.ending(1)
                let last = try await subscribeAgain(transport, as: id, recorder)
                try await reconcile(task, transport, recorder, last)
                transport.close()
            }
        }
    }

    private func launch(_ transport: MesosSession, _ recorder: Recorder) async throws -> TaskDescription {
        let offer = try await recorder.event(1, "an offer") { event in
            guard case .offers(let offers) = event else { return nil as Offer? }
            return offers.first
        }
        let task = MesosTransportContract.sleeper("survivor", on: offer)
        transport.send(.proven(.accept([offer.id], [.launch([task])], refuse: .zero)))
        _ = try await MesosTransportContract.reach(.running, task, transport, recorder)
        return task
    }

    /// As the scheduler does: again and again until Mesos is back. Returns the number of the subscription that held.
    private func subscribeAgain(
        _ transport: MesosSession,
        as id: FrameworkID,
        _ recorder: Recorder
    ) async throws -> Int {
        for number in 2..<500 {
            transport.subscribe(
                number,
                as: id,
                RoleWishes(roles: ["*"]),
                delay: Milliseconds(100),
                deliver: recorder.add
            )
            let isSubscribed = try await eventually("an answer to subscription \(number)") { () -> Bool? in
                for case .subscribed(id, heartbeat: .seconds(15), _) in recorder.events(number) { return true }
                return recorder.endings(number).isEmpty ? nil : false
            }
            if isSubscribed { return number }
        }
        throw NeverCame(description: "a subscription after the crash")
    }

    /// A new master knows a task only once its agent is back: until then it is asked again.
    private func reconcile(
        _ task: TaskDescription,
        _ transport: MesosSession,
        _ recorder: Recorder,
        _ number: Int
    ) async throws {
        let question = TaskQuestion(task: task.id, agent: task.agent)
        var asked = ContinuousClock.now - .seconds(60)
        let state = try await eventually("the task's state") { () -> TaskStatus.State? in
            if ContinuousClock.now - asked > .milliseconds(500) {
                transport.send(ReleasedCall(.reconcile([question])))
                asked = .now
            }
            for case .update(let status) in recorder.events(number) where status.task == task.id { return status.state }
            return nil
        }
        #expect(state == .running)
    }
}
