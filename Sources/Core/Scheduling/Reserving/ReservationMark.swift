import Domain

/// The labels that Pacer puts on what it reserves. Mesos shows them in every offer and forgets nothing: by them a
/// reservation is known again after whatever was lost.
struct ReservationMark: Hashable, Sendable {
    private static let frameworkKey = "pacer_framework_id"
    private static let instanceKey = "pacer_instance_id"
    private static let reservationKey = "pacer_reservation_id"

    /// The framework that reserved it; another one's is none of our business.
    var framework: FrameworkID
    /// For whom, in words for a reader.
    var instance: String
    /// What it is called.
    var reservation: ReservationID

    init(framework: FrameworkID, instance: InstanceID, reservation: ReservationID) {
        self.framework = framework
        self.instance = instance.description
        self.reservation = reservation
    }

    /// The mark of an offered resource; `nil` where it has none.
    init?(_ resource: MesosResource) {
        guard let level = resource.reservations.last, level.isDynamic else { return nil }
        func value(_ key: String) -> String? { level.labels.first { $0.key == key }?.value }
        guard let framework = value(Self.frameworkKey), let id = value(Self.reservationKey) else { return nil }
        self.framework = FrameworkID(framework)
        self.instance = value(Self.instanceKey) ?? ""
        self.reservation = ReservationID(id)
    }

    /// The labels, in their order.
    var labels: [Label] {
        [
            Label(key: Self.frameworkKey, value: framework.rawValue), Label(key: Self.instanceKey, value: instance),
            Label(key: Self.reservationKey, value: reservation.rawValue),
        ]
    }
}
