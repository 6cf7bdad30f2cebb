import Domain

/// The constraints on offers that what waits allows.
struct Constraining: Sendable {
    /// By role.
    var constraints: [String: RoleConstraints] = [:]
    /// Whether something changed that they hang on.
    var isStale = true
}

/// Roles: Mesos is told which ones are in use, and of which agents offers are wanted for them.
extension Scheduler {
    /// Notes which role an instance has.
    mutating func noteRole(of instance: Instance) {
        let role = instance.reservation?.role ?? requests[instance.digest]?.role ?? settings.role
        roleUse.set(instance.id, role)
    }

    /// Tells Mesos of the roles in use, where it knows others.
    mutating func updateFramework(at now: Instant) {
        refreshConstraints(at: now)
        let wishes = updates.update(
            to: roleUse.roles,
            constraining.constraints,
            suppressed: flow.suppressed,
            wanted: wantsOffers(for:),
            at: now,
            settings
        )
        guard let wishes else { return }
        // From here on a role that goes must not be named any more.
        flow.follow(RoleWishes(roles: updates.taken.roles.filter(wishes.roles.contains)), at: now)
        flow.wishesChanged()
        emit(.send(.updateFramework(wishes)))
    }

    /// Takes in what Mesos said to it.
    mutating func take(_ answer: UpdateAnswer, at now: Instant) {
        guard connection.phase == .subscribed, let asked = updates.asked else {
            return emit(.note(.ignored("an answer to an update that is not under way")))
        }
        let refusal = updates.answered(answer.withAdvice, at: now, settings)
        flow.follow(updates.taken, at: now)
        for role in updates.taken.roles where !asked.roles.contains(role) { flow.demandArose(role) }
        if let refusal { emit(.note(.updateRefused(roles: refusal.roles, refusal.reason))) }
        constraining.isStale = true
        for app in ready.elements {
            guard let role = refusals[app]?.role else { continue }
            refusals[app]?.roleRefusal = updates.refused[role]?.reason
        }
    }

    // MARK: - Constraints on offers

    private mutating func refreshConstraints(at now: Instant) {
        guard constraining.isStale else { return }
        constraining.isStale = false
        constraining.constraints = [:]
        guard updates.mayConstrain(connection.master) else { return }
        for role in updates.taken.roles where ready.wants(role) {
            constraining.constraints[role] = constraints(on: role, at: now)
        }
    }

    /// Constraints begin where they save declines: when everything that waits has been held against offers, and some of
    /// those were refused for a constraint or a region. Once there are some, they follow what waits.
    private func constraints(on role: String, at now: Instant) -> RoleConstraints? {
        guard !tendsReservations(of: role) else { return nil }
        var waiting: [LaunchRequest] = []
        var isSaving = updates.taken.constraints[role] != nil
        let mayBegin = !isSaving
        for app in ready.elements where ready.roles(of: app).contains(role) {
            // What is reserved can be on any agent.
            guard book.idle(of: app).isEmpty else { return nil }
            let report = refusals[app]
            if mayBegin, (report?.offers ?? 0) == 0 { return nil }
            if report?.reasons.keys.contains(where: \.isForeseeable) == true { isSaving = true }
            let requests = book.pendingDigests(of: app).filter { !isDelayed(app, $0, at: now) }
                .compactMap { self.requests[$0] }
                .filter { $0.role == role }
            // The first that all offers are of use to ends the search.
            guard requests.allSatisfy(\.canBeForeseen) || connection.master.region != nil else { return nil }
            waiting += requests
        }
        return isSaving ? OfferConstraining.constraints(for: waiting, home: connection.master.region) : nil
    }
}

extension UpdateAnswer {
    /// The same, with what a person can do about a refusal.
    fileprivate var withAdvice: UpdateAnswer {
        guard case .refused(let reason) = self else { return self }
        return .refused(RefusalAdvice.complete(reason))
    }
}

extension Refusal {
    /// Whether Mesos can be told of it beforehand.
    fileprivate var isForeseeable: Bool {
        switch self {
        case .constraint, .otherRegion: true
        case .resource, .ports, .maintenance, .role, .sparedGPUs, .volumes, .defaultRole, .reservation: false
        }
    }
}

extension LaunchRequest {
    /// Whether there are offers that are known to be of no use to it.
    fileprivate var canBeForeseen: Bool { !offerConstraints.isEmpty }
}
