import Domain
package import Scheduling
import SwiftProtobuf

/// Reads what Mesos says.
package enum EventDecoder {
    /// The event that one record of the stream holds.
    /// - Throws: where the bytes are no event, or one that lacks what the protocol demands.
    package static func decode(_ record: [UInt8]) throws(WireError) -> MesosEvent {
        let event: WireEvent
        do {
            event = try WireEvent(serializedBytes: record)
        } catch {
            throw WireError("A record of \(record.count) bytes from Mesos is no event in protobuf: \(error).")
        }
        return try MesosEvent(event)
    }
}

extension MesosEvent {
    init(_ event: WireEvent) throws(WireError) {
        guard event.hasType else {
            self = .other("an event of a type that is not in Mesos 1.11")
            return
        }
        switch event.type {
        case .heartbeat: self = .heartbeat
        case .offers: self = .offers(try event.offers.offers.map { offer throws(WireError) in try Offer(offer) })
        case .update: self = try Self.update(event)
        case .subscribed: self = try Self.subscribed(event)
        case .rescind:
            self = .rescind(try offerID(event.rescind.offerID, event.rescind.hasOfferID, in: "RESCIND"))
        case .inverseOffers:
            self = .inverseOffers(
                try event.inverseOffers.inverseOffers.map { offer throws(WireError) in try InverseOffer(offer) }
            )
        case .rescindInverseOffer:
            let void = event.rescindInverseOffer
            self = .rescindInverseOffer(
                try offerID(void.inverseOfferID, void.hasInverseOfferID, in: "RESCIND_INVERSE_OFFER")
            )
        case .failure:
            let failure = event.failure
            self = .failure(
                failure.hasAgentID ? AgentID(failure.agentID.value) : nil,
                executor: failure.hasExecutorID ? failure.executorID.value : nil,
                status: failure.hasStatus ? Int(failure.status) : nil
            )
        case .error: self = .error(event.error.message)
        case .message: self = .other("MESSAGE")
        case .updateOperationStatus: self = .other("UPDATE_OPERATION_STATUS")
        case .unknown: self = .other("UNKNOWN")
        }
    }

    private static func subscribed(_ event: WireEvent) throws(WireError) -> MesosEvent {
        let subscribed = event.subscribed
        let id = try required(subscribed.frameworkID.value, subscribed.hasFrameworkID, "framework id", in: "SUBSCRIBED")
        // 15 s is Mesos's constant (DEFAULT_HEARTBEAT_INTERVAL); old masters did not send it.
        let heartbeat: Milliseconds =
            subscribed.hasHeartbeatIntervalSeconds
            ? Milliseconds(inSeconds: subscribed.heartbeatIntervalSeconds) : .seconds(15)
        return .subscribed(FrameworkID(id), heartbeat: heartbeat, master: MasterFacts(subscribed.masterInfo))
    }

    private static func update(_ event: WireEvent) throws(WireError) -> MesosEvent {
        let status = try required(event.update.status, event.update.hasStatus, "status", in: "UPDATE")
        guard status.hasState else { return .other("an UPDATE with a task state that is not in Mesos 1.11") }
        return .update(try TaskStatus(status))
    }
}

extension MasterFacts {
    init(_ master: WireMasterInfo) {
        let place = master.domain.faultDomain
        self.init(
            version: master.hasVersion ? master.version : nil,
            region: place.hasRegion ? place.region.name : nil
        )
    }
}

func offerID(_ id: WireOfferID, _ isThere: Bool, in message: String) throws(WireError) -> OfferID {
    OfferID(try required(id.value, isThere, "offer id", in: message))
}
