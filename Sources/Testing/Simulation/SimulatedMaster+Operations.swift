import Domain
import Scheduling
import SeededRandom

/// What an ACCEPT does, step by step (mesos.md §3.3). What a real master would refuse is a complaint.
extension SimulatedMaster {
    /// Carries operations out on one agent, as far as the offers still hold.
    mutating func accept(
        _ ids: [OfferID],
        _ operations: [OfferOperation],
        refuse: Milliseconds,
        at now: Instant,
        recorded: (TaskID) -> InstanceID?
    ) -> [Output] {
        let owners = ids.map { offers[$0] }
        guard let owner = owners.first, let offer = owner, owners.allSatisfy({ $0 == offer }), Set(ids).count == 1
        else {
            for id in ids { giveBack(id, refuse: .zero, at: now) }
            return operations.launches.flatMap { launch in
                answer(launch.id, .dropped, agent: launch.agent, reason: "REASON_INVALID_OFFERS")
            }
        }
        var output: [Output] = []
        for operation in operations {
            switch operation {
            case .launch(let tasks):
                for task in tasks { output += launch([task], under: nil, offer, recorded) }
            case .launchGroup(let executor, let tasks): output += launch(tasks, under: executor, offer, recorded)
            default: apply(operation, on: offer)
            }
        }
        for id in ids { giveBack(id, refuse: refuse, at: now) }
        return output
    }

    /// Launches tasks, all or none of them.
    private mutating func launch(
        _ launches: [TaskDescription],
        under executor: ExecutorDescription?,
        _ offer: OpenOffer,
        _ recorded: (TaskID) -> InstanceID?
    ) -> [Output] {
        if let complaint = complaint(about: launches, under: executor, offer) {
            complaints.append("launch of \(launches.map(\.id)) on \(offer.agent): \(complaint)")
            return launches.flatMap { launch in
                answer(launch.id, .error, agent: offer.agent, reason: "REASON_TASK_INVALID")
            }
        }
        operations[executor == nil ? "LAUNCH" : "LAUNCH_GROUP", default: 0] += 1
        if let executor { executors[executor.id] = executor.resources }
        let pause = Milliseconds(Int64(random.int(5...80)))
        var output: [Output] = []
        for launch in launches {
            guard let instance = recorded(launch.id) else {
                complaints.append("task \(launch.id) is launched although the store has no record of it")
                continue
            }
            var task = SimulatedTask(description: launch, instance: instance)
            task.executor = executor?.id
            add(task)
            output.append(.later(.arrives(launch.id), pause))
        }
        return output
    }

    /// What is wrong with a launch, as the master's validation would find it.
    private mutating func complaint(
        about launches: [TaskDescription],
        under executor: ExecutorDescription?,
        _ offer: OpenOffer
    ) -> String? {
        guard launches.allSatisfy({ $0.agent == offer.agent }) else { return "names the agent \(launches[0].agent)" }
        guard Set(launches.map(\.id)).count == launches.count, launches.allSatisfy({ tasks[$0.id] == nil }) else {
            return "an id was used before"
        }
        if let executor, executors[executor.id] != nil { return "the executor \(executor.id) is there already" }
        var rest = free(on: offer.agent).offered(to: offer.role)
        for resource in (executor?.resources ?? []) + launches.flatMap(\.resources) {
            guard resource.allocationRole == offer.role else { return "is of another role than \(offer.role)" }
            guard rest.take(resource) else { return "asks for \(resource.name) that is not free: \(resource)" }
        }
        return nil
    }

    /// Reserves, makes volumes, or takes both back. The agent writes down what it hears of.
    private mutating func apply(_ operation: OfferOperation, on offer: OpenOffer) {
        guard var total = agents[offer.agent]?.total else { return }
        let (name, old, new) = SimulatedMaster.change(by: operation)
        if let fault = old.lazy.compactMap({ SimulatedMaster.fault(in: $0, of: operation, offer) }).first {
            return complaints.append("\(name) on \(offer.agent): \(fault)")
        }
        var rest = free(on: offer.agent).offered(to: offer.role)
        guard rest.take(old.map(\.resource)), total.take(old.map(\.resource)) else {
            return complaints.append("\(name) on \(offer.agent) names what is not offered: \(old.map(\.resource))")
        }
        for resource in new {
            if let volume = resource.disk?.volume, total.reserved.contains(where: { $0.disk?.volume?.id == volume.id })
            {
                complaints.append("\(name) on \(offer.agent): there is a volume \(volume.id) already")
            }
            total.add(resource)
        }
        operations[name, default: 0] += 1
        agents[offer.agent]?.total = total
        agents[offer.agent]?.rest = nil
        if agents[offer.agent]?.isReachable == true { agents[offer.agent]?.written = total }
    }

    /// A resource as it is before an operation, and as it was named.
    private typealias Named = (resource: MesosResource, as: MesosResource)

    /// What an operation turns into what.
    private static func change(by operation: OfferOperation) -> (String, old: [Named], new: [MesosResource]) {
        switch operation {
        case .reserve(let resources): ("RESERVE", resources.map { ($0.withoutReservation, $0) }, resources)
        case .create(let resources): ("CREATE", resources.map { ($0.withoutVolume, $0) }, resources)
        case .destroy(let resources): ("DESTROY", resources.map { ($0, $0) }, resources.map(\.withoutVolume))
        case .unreserve(let resources): ("UNRESERVE", resources.map { ($0, $0) }, resources.map(\.withoutReservation))
        case .launch, .launchGroup: ("LAUNCH", [], [])
        }
    }

    /// What is wrong with one of the resources that an operation names.
    private static func fault(in named: Named, of operation: OfferOperation, _ offer: OpenOffer) -> String? {
        let resource = named.as
        guard resource.allocationRole == offer.role else { return "\(resource.name) is of another role" }
        guard let level = resource.reservations.last, level.isDynamic else { return "\(resource.name) is not reserved" }
        let hasVolume = resource.disk?.volume != nil
        switch operation {
        case .reserve:
            return level.role != offer.role ? "reserves for \(level.role)" : hasVolume ? "reserves a volume" : nil
        case .create, .destroy: return hasVolume ? nil : "\(resource.name) is no volume"
        case .unreserve: return hasVolume ? "there is still a volume on it" : nil
        case .launch, .launchGroup: return nil
        }
    }
}

extension MesosResource {
    fileprivate var withoutReservation: MesosResource {
        var resource = self
        resource.reservations = resource.reservations.dropLast()
        return resource
    }

    fileprivate var withoutVolume: MesosResource {
        var resource = self
        resource.disk?.volume = nil
        if resource.disk == Disk() { resource.disk = nil }
        return resource
    }
}
