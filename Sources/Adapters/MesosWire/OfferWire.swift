import Domain
import OrderedCollections
import Scheduling

extension Offer {
    init(_ offer: WireOffer) throws(WireError) {
        self.init(
            id: try offerID(offer.id, offer.hasID, in: "OFFERS"),
            agent: try Agent(offer),
            resources: offer.resources.compactMap(MesosResource.init),
            role: offer.hasAllocationInfo ? offer.allocationInfo.role : "*",
            unavailableFrom: offer.hasUnavailability ? Instant(offer.unavailability.start) : nil,
            unavailableUntil: offer.hasUnavailability ? offer.unavailability.end : nil
        )
    }
}

extension Agent {
    init(_ offer: WireOffer) throws(WireError) {
        // Of attributes with the same name the first counts (Marathon's constraints look no further).
        var attributes: OrderedDictionary<String, String> = [:]
        for attribute in offer.attributes where attributes[attribute.name] == nil {
            attributes[attribute.name] = attributeText(attribute)
        }
        let place = offer.domain.faultDomain
        self.init(
            id: AgentID(try required(offer.agentID.value, offer.hasAgentID, "agent id", in: "OFFERS")),
            hostname: offer.hostname,
            attributes: attributes,
            region: place.hasRegion ? place.region.name : nil,
            zone: place.hasZone ? place.zone.name : nil
        )
    }
}

extension InverseOffer {
    init(_ offer: WireInverseOffer) throws(WireError) {
        self.init(
            id: try offerID(offer.id, offer.hasID, in: "INVERSE_OFFERS"),
            agent: offer.hasAgentID ? AgentID(offer.agentID.value) : nil,
            from: Instant(offer.unavailability.start),
            until: offer.unavailability.end
        )
    }
}

extension WireUnavailability {
    /// When it is over; `nil` where it never is, or later than time can tell.
    var end: Instant? {
        guard hasDuration else { return nil }
        let (sum, overflow) = start.nanoseconds.addingReportingOverflow(duration.nanoseconds)
        return overflow ? nil : Instant(milliseconds: sum / 1_000_000)
    }

    init(from: Instant, until: Instant?) {
        self.init()
        start = WireTimeInfo(from)
        if let until { duration.nanoseconds = (until - from).inNanoseconds }
    }
}

extension Instant {
    init(_ time: WireTimeInfo) { self.init(milliseconds: time.nanoseconds / 1_000_000) }
}

extension WireTimeInfo {
    init(_ instant: Instant) {
        self.init()
        nanoseconds = (instant - Instant(milliseconds: 0)).inNanoseconds
    }
}
