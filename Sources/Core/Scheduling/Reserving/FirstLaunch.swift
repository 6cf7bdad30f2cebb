import Domain

/// The first launch of an instance with volumes: RESERVE what was cut out for it, CREATE its volumes there, and let its
/// task use all of it, in one call. Mesos carries the steps out at once, one after the other (mesos.md §3.3).
struct FirstLaunch: Sendable {
    /// What is recorded.
    let reservation: Reservation
    /// What is done before the task is launched.
    let preparations: [OfferOperation]
    /// What the task uses.
    let resources: [MesosResource]

    /// - Parameters:
    ///   - principal: Who reserves; Mesos wants the framework's own, if it has one (mesos.md §3.5).
    init(
        _ mark: ReservationMark,
        _ request: LaunchRequest,
        _ assignment: Matcher.Assignment,
        at place: OfferTable.Place,
        principal: String?,
        now: Instant
    ) {
        let id = mark.reservation
        let level = MesosResource.Reservation(
            role: place.role,
            isDynamic: true,
            principal: principal,
            labels: mark.labels
        )
        let volumes = request.volumes.enumerated().map { index, volume in
            ReservedVolume(id: "\(id)#\(index)", containerPath: volume.containerPath)
        }
        let plain = assignment.shares[0].map { $0.reserved(level) }
        let disks = assignment.volumes.map { $0.reserved(level) }
        let made = zip(disks, volumes).map { disk, volume in
            disk.holding(.init(id: volume.id, principal: principal, containerPath: volume.containerPath))
        }
        reservation = Reservation(id: id, agent: place.agent, role: place.role, volumes: volumes, since: now)
        preparations = [.reserve(plain + disks), .create(made)]
        resources = plain + made
    }
}
