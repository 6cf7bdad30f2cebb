import Boundary
import Domain
import HTTPClient
import MesosClient
import MesosWire
import Scheduling
import Testing

/// What every master behind a transport must do, the fake ones and the real one: the life of a framework and of a task.
enum MesosTransportContract {
    static func check(_ master: MasterSource) async throws {
        try await withClient { client in
            let recorder = Recorder()
            let transport = session(master, client)
            transport.subscribe(1, recorder)
            let id = try await subscription(recorder)
            let task = try await launch(transport, recorder)
            try await kill(task, transport, recorder)
            try await reconcile(task, transport, recorder)
            try await updateRoles(transport, recorder)
            try await takeOver(id, from: recorder, master, client)
        }
    }

    private static func subscription(_ recorder: Recorder) async throws -> FrameworkID {
        let id = try await recorder.subscribed(1)
        #expect(!id.rawValue.isEmpty)
        guard case .opened = recorder.all.first?.event else {
            Issue.record("the first message is not `opened`: \(recorder.story(1))")
            return id
        }
        guard case .subscribed(_, heartbeat: .seconds(15), _) = recorder.events(1).first else {
            Issue.record("the first event is not SUBSCRIBED: \(recorder.story(1))")
            return id
        }
        _ = try await recorder.event(1, "a heartbeat") { $0 == .heartbeat ? true : nil as Bool? }
        return id
    }

    /// Cuts a task out of the first offer and launches it.
    private static func launch(_ transport: MesosSession, _ recorder: Recorder) async throws -> TaskDescription {
        let offer = try await recorder.event(1, "an offer") { event in
            guard case .offers(let offers) = event else { return nil as Offer? }
            return offers.first
        }
        #expect(!offer.agent.hostname.isEmpty)
        #expect(offer.role == "*")
        let task = sleeper("contract-1", on: offer)
        transport.send(.proven(.accept([offer.id], [.launch([task])], refuse: .zero)))
        let status = try await reach(.running, task, transport, recorder)
        #expect(status.agent == offer.agent.id)
        #expect(status.source == "SOURCE_EXECUTOR")
        #expect(status.uuid?.count == 16)
        return task
    }

    private static func kill(
        _ task: TaskDescription,
        _ transport: MesosSession,
        _ recorder: Recorder
    ) async throws {
        transport.send(.proven(.kill(task.id, task.agent)))
        let killed = try await reach(.killed, task, transport, recorder)
        #expect(killed.agent == task.agent)
    }

    /// Waits for a task's state and acknowledges what comes on the way: Mesos sends a task's next status only after the
    /// one before is acknowledged, and a real task is STARTING and KILLING in between.
    static func reach(
        _ state: TaskStatus.State,
        _ task: TaskDescription,
        _ transport: MesosSession,
        _ recorder: Recorder
    ) async throws -> TaskStatus {
        var acknowledged: Set<[UInt8]> = []
        return try await eventually("\(state) of \(task.id)") {
            var reached: TaskStatus?
            for case .update(let status) in recorder.events(1) where status.task == task.id {
                if let uuid = status.uuid, acknowledged.insert(uuid).inserted {
                    transport.send(.proven(.acknowledge(task.id, task.agent, uuid: uuid)))
                }
                if status.state == state { reached = status }
            }
            return reached
        }
    }

    /// A task that has ended is asked for, and never comes back as running. Every offer goes back before REVIVE: as long
    /// as everything is on offer to this framework there is nothing that Mesos could offer anew.
    private static func reconcile(
        _ task: TaskDescription,
        _ transport: MesosSession,
        _ recorder: Recorder
    ) async throws {
        transport.send(ReleasedCall(.suppress(["*"])))
        transport.send(ReleasedCall(.reconcile([])))
        let before = recorder.events(1)
        let held = before.flatMap { event in
            guard case .offers(let offers) = event else { return [OfferID]() }
            return offers.map(\.id)
        }
        transport.send(ReleasedCall(.decline(held, refuse: .minutes(60))))
        transport.send(ReleasedCall(.revive(["*"])))
        _ = try await eventually("an offer after REVIVE") {
            recorder.events(1).dropFirst(before.count).contains { event in
                if case .offers = event { return true }
                return false
            } ? true : nil
        }
        for case .update(let status) in recorder.events(1).dropFirst(before.count) where status.task == task.id {
            #expect(status.state != .running)
        }
    }

    /// A framework's roles can be changed while it is subscribed, with all kinds of constraints on offers; what is not
    /// valid changes nothing.
    private static func updateRoles(_ transport: MesosSession, _ recorder: Recorder) async throws {
        let pattern = try #require(RE2Pattern.text("^(?i)[a-z]+-\\d{1,2}\\.(a|b|).*$", .atLeast))
        let narrow = try #require(RE2Pattern.text("rack-\\w+.*", .atMost))
        let rack = AttributeConstraint.Selector.attribute("rack")
        let constraints = RoleConstraints(groups: [
            [AttributeConstraint(.hostname, .textMatches(pattern)), AttributeConstraint(.region, .notExists)],
            [AttributeConstraint(.zone, .exists), AttributeConstraint(rack, .textEquals("a"))],
            [AttributeConstraint(rack, .textNotEquals("b")), AttributeConstraint(rack, .textNotMatches(narrow))],
        ])
        let large = RoleConstraints(groups: largestPatterns.map { [AttributeConstraint(rack, .textMatches($0))] })
        let steps: [(RoleWishes, isTaken: Bool)] = [
            (RoleWishes(roles: ["*", "batch"], suppressed: ["*"], constraints: ["batch": constraints]), true),
            (RoleWishes(roles: ["*", "batch"], suppressed: ["*"], constraints: ["*": large, "batch": large]), true),
            (RoleWishes(roles: ["*", "-bad"]), false), (RoleWishes(roles: ["*"]), true),
        ]
        for (number, step) in steps.enumerated() {
            transport.send(ReleasedCall(.updateFramework(step.0)))
            let answer = try await eventually("answer \(number + 1)") {
                recorder.answers(1).count > number ? recorder.answers(1)[number] : nil
            }
            #expect((answer == .taken) == step.isTaken, "\(step.0) was answered with \(answer)")
        }
    }

    /// The largest patterns of several shapes that are said at all: RE2's limits are nowhere to be read, but here.
    private static var largestPatterns: [String] {
        let shapes = ["a", "[a-cx-z]", ".", ".*", "a?", "(?i)a", "(a|b)", "\\w", "\\W+", "a|", "(ab|cd)*", "a{3,5}"]
        return shapes.flatMap { shape in
            [RE2Pattern.Bound.atLeast, .atMost].compactMap { bound in
                (1...40).reversed().lazy.compactMap { RE2Pattern.text(String(repeating: shape, count: $0), bound) }
                    .first
            }
        }
    }

    /// A second subscription under the same id always wins.
    private static func takeOver(
        _ id: FrameworkID,
        from old: Recorder,
        _ master: MasterSource,
        _ client: HTTPClient
    ) async throws {
        let recorder = Recorder()
        let second = session(master, client)
        second.subscribe(7, as: id, suppressed: true, recorder)
        #expect(try await recorder.subscribed(7) == id)
        // The one that is kicked out learns it from the event, or from the answer to a call that it had under way.
        let reason = try await old.ending(1)
        if !reason.hasPrefix("taken over: The stream ID") {
            #expect(reason == "Mesos ended the subscription: Framework failed over")
            #expect(old.events(1).contains(.error("Framework failed over")))
        }
        second.close()
        #expect(try await recorder.ending(7) == "The subscription was closed from this side.")
        #expect(old.endings(1).count == 1)
        #expect(recorder.endings(7).count == 1)
    }

    /// A task of a tenth of a CPU that does nothing, cut out of an offer.
    static func sleeper(_ name: String, on offer: Offer) -> TaskDescription {
        let wanted: [String: Int64] = ["cpus": 100, "mem": 32_000]
        let resources = offer.resources.compactMap { resource -> MesosResource? in
            guard let amount = wanted[resource.name] else { return nil }
            var part = resource
            part.value = .scalar(amount)
            return part
        }
        return TaskDescription(
            name: name,
            id: TaskID(name),
            agent: offer.agent.id,
            resources: resources,
            command: .shell("exec sleep 1000"),
            user: nil,
            environment: [Label(key: "HOST", value: offer.agent.hostname)],
            fetch: [],
            labels: [],
            ports: [],
            check: nil,
            killGracePeriod: .seconds(1)
        )
    }
}

struct MesosTransportContractTests {
    @Test func `the fake master keeps the contract`() async throws {
        let master = try FakeMaster()
        defer { master.stop() }
        try await MesosTransportContract.check(.addresses([master.address]))
    }

    @Test(.enabled(if: RealMesos.scripts != nil, "needs Scripts/mesos or PACER_MESOS_SCRIPTS"))
    func `a real Mesos keeps the contract`() async throws {
        try await RealMesos.with(agents: 2) { mesos in
            try await MesosTransportContract.check(.addresses([mesos.address]))
        }
    }
}
