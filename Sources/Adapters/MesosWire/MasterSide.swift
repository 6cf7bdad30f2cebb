package import Domain
import FoundationEssentials
package import Scheduling
import SwiftProtobuf

/// A call as a master reads it. For the masters that tests and the simulation play.
package enum ReceivedCall: Hashable, Sendable {
    /// SUBSCRIBE: who, under which id, for which roles.
    case subscribe(FrameworkDescription, FrameworkID?, RoleWishes)
    /// A call that any framework may send, and whose it is.
    case free(FreeCall, FrameworkID)
    /// A call that launches, ends or acknowledges, and whose it is.
    case gated(GatedCall, FrameworkID)
    /// A call that Pacer never sends, by its name.
    case other(String)
}

/// The master's side of the protocol: reads calls and writes events. The counterpart of ``CallEncoder`` and
/// ``EventDecoder``, for the masters that tests and the simulation play.
package enum MasterSide {
    /// The call in a request's body.
    /// - Throws: where the bytes are no call, or one that lacks what the protocol demands: a master answers 400.
    package static func decode(_ body: [UInt8]) throws(WireError) -> ReceivedCall {
        let call: WireCall
        do {
            call = try WireCall(serializedBytes: body)
        } catch {
            throw WireError("A body of \(body.count) bytes is no call in protobuf: \(error).")
        }
        return try ReceivedCall(call)
    }

    /// An event as the bytes of one record, without its length.
    /// - Throws: where the event is none that a master sends (``MesosEvent/other(_:)``).
    package static func encode(_ event: MesosEvent) throws(WireError) -> [UInt8] {
        let message = try WireEvent(event)
        do { return try message.serializedBytes() } catch { throw WireError("\(event) cannot be encoded: \(error).") }
    }
}

extension ReceivedCall {
    fileprivate init(_ call: WireCall) throws(WireError) {
        _ = try required(call.type, call.hasType, "type", in: "call")
        if call.type == .subscribe {
            let info = call.subscribe.frameworkInfo
            self = .subscribe(
                FrameworkDescription(info),
                call.hasFrameworkID ? FrameworkID(call.frameworkID.value) : nil,
                try RoleWishes(info, call.subscribe.suppressedRoles, call.subscribe.offerConstraints)
            )
            guard info.hasID == call.hasFrameworkID, info.id.value == call.frameworkID.value else {
                throw WireError("The framework ids of the call and of its FrameworkInfo differ.")
            }
            return
        }
        let id = FrameworkID(try required(call.frameworkID.value, call.hasFrameworkID, "framework id", in: "call"))
        if let free = try FreeCall(call) {
            self = .free(free, id)
        } else if let gated = try GatedCall(call) {
            self = .gated(gated, id)
        } else {
            self = .other("\(call.type)")
        }
    }
}

extension FreeCall {
    fileprivate init?(_ call: WireCall) throws(WireError) {
        switch call.type {
        case .revive: self = .revive(call.revive.roles)
        case .suppress: self = .suppress(call.suppress.roles)
        case .updateFramework:
            let update = try required(
                call.updateFramework,
                call.hasUpdateFramework,
                "framework",
                in: "UPDATE_FRAMEWORK"
            )
            self = .updateFramework(
                try RoleWishes(update.frameworkInfo, update.suppressedRoles, update.offerConstraints)
            )
        case .decline:
            self = .decline(
                call.decline.offerIds.map { OfferID($0.value) },
                refuse: Milliseconds(inSeconds: call.decline.filters.refuseSeconds)
            )
        case .reconcile:
            let reconcile = try required(call.reconcile, call.hasReconcile, "reconcile", in: "RECONCILE")
            self = .reconcile(
                reconcile.tasks.map { task in
                    TaskQuestion(
                        task: TaskID(task.taskID.value),
                        agent: task.hasAgentID ? AgentID(task.agentID.value) : nil
                    )
                }
            )
        case .acceptInverseOffers:
            self = .acceptInverseOffers(
                call.acceptInverseOffers.inverseOfferIds.map { OfferID($0.value) },
                refuse: Milliseconds(inSeconds: call.acceptInverseOffers.filters.refuseSeconds)
            )
        default: return nil
        }
    }
}

extension GatedCall {
    fileprivate init?(_ call: WireCall) throws(WireError) {
        switch call.type {
        case .accept:
            self = .accept(
                call.accept.offerIds.map { OfferID($0.value) },
                try call.accept.operations.map { operation throws(WireError) in try OfferOperation(operation) },
                refuse: Milliseconds(inSeconds: call.accept.filters.refuseSeconds)
            )
        case .kill:
            let task = try required(call.kill.taskID.value, call.kill.hasTaskID, "task id", in: "KILL")
            self = .kill(TaskID(task), call.kill.hasAgentID ? AgentID(call.kill.agentID.value) : nil)
        case .acknowledge:
            let message = call.acknowledge
            self = .acknowledge(
                TaskID(try required(message.taskID.value, message.hasTaskID, "task id", in: "ACKNOWLEDGE")),
                AgentID(try required(message.agentID.value, message.hasAgentID, "agent id", in: "ACKNOWLEDGE")),
                uuid: Array(try required(message.uuid, message.hasUuid, "uuid", in: "ACKNOWLEDGE"))
            )
        default: return nil
        }
    }
}

extension WireEvent {
    fileprivate init(_ event: MesosEvent) throws(WireError) {
        self.init()
        switch event {
        case .subscribed(let id, let heartbeat, let master):
            type = .subscribed
            if let version = master.version { subscribed.masterInfo.version = version }
            if let region = master.region { subscribed.masterInfo.domain.faultDomain.region.name = region }
            subscribed.frameworkID = WireFrameworkID(id)
            subscribed.heartbeatIntervalSeconds = heartbeat.inSeconds
        case .offers(let offers):
            type = .offers
            self.offers.offers = offers.map(WireOffer.init)
        case .rescind(let id):
            type = .rescind
            rescind.offerID = WireOfferID(id)
        case .inverseOffers(let offers):
            type = .inverseOffers
            inverseOffers.inverseOffers = offers.map(WireInverseOffer.init)
        case .rescindInverseOffer(let id):
            type = .rescindInverseOffer
            rescindInverseOffer.inverseOfferID = WireOfferID(id)
        case .update(let status):
            type = .update
            update.status = WireTaskStatus(status)
        case .failure(let agent, let executor, let status):
            type = .failure
            failure = WireEvent.Failure()
            if let agent { failure.agentID = WireAgentID(agent) }
            if let executor { failure.executorID.value = executor }
            if let status { failure.status = Int32(clamping: status) }
        case .error(let message):
            type = .error
            error.message = message
        case .heartbeat: type = .heartbeat
        case .other(let name): throw WireError("\(name) is no event that a master sends.")
        }
    }
}

extension WireOffer {
    fileprivate init(_ offer: Offer) {
        self.init()
        id = WireOfferID(offer.id)
        agentID = WireAgentID(offer.agent.id)
        hostname = offer.agent.hostname
        resources = offer.resources.map(WireResource.init(offered:))
        attributes = offer.agent.attributes.map { name, text in
            .with {
                $0.name = name
                $0.type = .text
                $0.text.value = text
            }
        }
        allocationInfo.role = offer.role
        if let from = offer.unavailableFrom {
            unavailability = WireUnavailability(from: from, until: offer.unavailableUntil)
        }
        if let region = offer.agent.region { domain.faultDomain.region.name = region }
        if let zone = offer.agent.zone { domain.faultDomain.zone.name = zone }
    }
}

extension WireInverseOffer {
    fileprivate init(_ offer: InverseOffer) {
        self.init()
        id = WireOfferID(offer.id)
        if let agent = offer.agent { agentID = WireAgentID(agent) }
        unavailability = WireUnavailability(from: offer.from, until: offer.until)
    }
}

extension WireResource {
    /// What a master offers may be special: it is shown as revocable then, the simplest of the kinds.
    fileprivate init(offered resource: MesosResource) {
        var plain = resource
        plain.isSpecial = false
        self.init(plain)
        if resource.isSpecial { revocable = WireResource.RevocableInfo() }
    }
}

extension WireTaskStatus {
    fileprivate init(_ status: TaskStatus) {
        self.init()
        taskID = WireTaskID(status.task)
        state = status.state.wire
        if let agent = status.agent { agentID = WireAgentID(agent) }
        if let uuid = status.uuid { self.uuid = Data(uuid) }
        if let healthy = status.healthy { self.healthy = healthy }
        if !status.message.isEmpty { message = status.message }
        if let name = status.reason, let reason = Reason(named: name) { self.reason = reason }
        if let name = status.source, let source = Source(named: name) { self.source = source }
    }
}
