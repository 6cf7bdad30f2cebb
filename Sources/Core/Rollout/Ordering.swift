package import Domain

/// One order for one app, as the machine takes it.
package struct RolloutCommand: Hashable, Sendable {
    /// The app.
    package var app: AppID
    /// What is to be done.
    package var verb: RolloutVerb
    /// Who orders it, why, and until when, where the verb lasts.
    package var order: Order
    /// Where a rollback leads: the first characters of a digest or of a revision.
    package var to: String?
    /// How many instances a `scale` is to.
    package var instances: Int?
    /// The deployment that a rollout belongs to which begins by this order.
    package var deployment: DeploymentID
    /// The deployment that the order is about, where it is about one: what it leaves was brought by that one.
    package var about: DeploymentID?

    /// A command.
    package init(
        app: AppID,
        verb: RolloutVerb,
        order: Order,
        to: String? = nil,
        instances: Int? = nil,
        deployment: DeploymentID,
        about: DeploymentID? = nil
    ) {
        self.app = app
        self.verb = verb
        self.order = order
        self.to = to
        self.instances = instances
        self.deployment = deployment
        self.about = about
    }
}

/// What people order.
extension Rollouts {
    /// Carries out an order. What follows from it comes at the next ``RolloutEvent/tick``.
    package mutating func obey(_ command: RolloutCommand, at now: Instant) -> RolloutAnswer {
        let id = command.app
        guard let record = apps[id]?.record else {
            return refuse(command, "there is no such app; `pacer status` lists them")
        }
        guard record.desired != nil else { return refuse(command, "it is being removed: git has it no more") }
        defer {
            marked.insert(id)
            refreshReadiness(of: id)
        }
        let answer =
            switch command.verb {
            case .pause: pause(command, record, at: now)
            case .resume: resume(command, record, at: now)
            case .abort: abort(command, record, at: now)
            case .rollback: rollBack(command, record, at: now)
            case .retry: retry(command, record, at: now)
            case .restart: restart(command, record, at: now)
            case .promote: promote(command, record, at: now)
            case .suspend: suspend(command, record)
            case .scale: scale(command, record, at: now)
            }
        if answer.isDone { outbox.append(.note(.ordered(id, command.verb, command.order))) }
        return answer
    }

    func refuse(_ command: RolloutCommand, _ why: String) -> RolloutAnswer {
        RolloutAnswer(app: command.app, isDone: false, text: why)
    }

    /// There is nothing to do: without a rollout it is at its end, with one it is as the order would have it.
    private func spare(_ command: RolloutCommand, _ record: AppRecord, _ why: String) -> RolloutAnswer {
        RolloutAnswer(app: command.app, record.rollout == nil ? .finished : .unchanged, text: why)
    }

    func done(_ command: RolloutCommand, _ what: String) -> RolloutAnswer {
        RolloutAnswer(app: command.app, isDone: true, text: what)
    }

    // MARK: - Verbs

    private mutating func pause(_ command: RolloutCommand, _ record: AppRecord, at now: Instant) -> RolloutAnswer {
        guard let rollout = record.rollout else {
            return spare(
                command,
                record,
                "it has no rollout; `suspend` stops it, `rollback --to` its present version keeps it"
            )
        }
        guard rollout.phase != .paused else { return spare(command, record, "it is paused already: \(rollout.reason)") }
        guard rollout.phase != .aborted else { return spare(command, record, "its rollout was aborted") }
        let order = lasting(command.order, policy.pauseFor)
        let until = Rollouts.until(order)
        pause(command.app, because: "paused by \(Rollouts.words(order))\(until)", order: order, at: now)
        return done(command, "paused while \(rollout.phase.rawValue)\(until); tasks that end are started again")
    }

    private mutating func resume(_ command: RolloutCommand, _ record: AppRecord, at now: Instant) -> RolloutAnswer {
        var lifted = liftOverride(command, at: now)
        if apps[command.app]?.record.rollout?.phase == .paused {
            goOn(command.app, because: "goes on", at: now)
            lifted.append("the rollout goes on")
        }
        if record.suspension != nil {
            endSuspension(command.app, at: now)
            lifted.append("the suspension has ended")
        }
        if record.pin != nil {
            unpin(command.app)
            lifted.append(Rollouts.afterPin(apps[command.app]?.record))
        }
        guard !lifted.isEmpty else {
            guard record.rollout?.phase != .aborted else {
                return refuse(command, "it was aborted; `retry` tries it again")
            }
            let hint = record.heldBack.map { "; `retry` tries again what is held back (\($0.digest.short))" } ?? ""
            return spare(command, record, "nothing holds it: it is not paused, suspended, scaled or pinned\(hint)")
        }
        let hint = apps[command.app]?.record.rollout?.hindrance == .turn ? turnHint(for: command.app) : ""
        return done(command, lifted.joined(separator: "; ") + hint)
    }

    /// Leaves the phase `paused`, for where it was, as soon as there is a turn. A person has looked at it, or wanted it so:
    /// failures are counted anew.
    mutating func goOn(_ id: AppID, because reason: String, at now: Instant) {
        let phase = apps[id]?.record.rollout?.pausedIn ?? .waiting
        change(id) { record in
            record.rollout?.phase = phase
            record.rollout?.pausedIn = nil
            record.rollout?.reason = reason
            record.rollout?.hindrance = Rollouts.needsTurn(phase) ? .turn : nil
            record.rollout?.since = now
            record.rollout?.failures = 0
            record.rollout?.order = nil
        }
        refreshDependencies()
    }

    private mutating func abort(_ command: RolloutCommand, _ record: AppRecord, at now: Instant) -> RolloutAnswer {
        guard let rollout = record.rollout else { return spare(command, record, "it has no rollout") }
        guard rollout.phase != .aborted else { return spare(command, record, "its rollout was aborted already") }
        let goesBack = rollout.phase == .rollingBack || rollout.pausedIn == .rollingBack
        change(command.app) { record in
            record.rollout?.phase = .aborted
            record.rollout?.pausedIn = goesBack ? .rollingBack : nil
            // It stays as it is: the end of the pin does not lead it to what it was to leave.
            if goesBack { record.heldBack?.endsWithPin = nil }
            record.rollout?.hindrance = nil
            record.rollout?.reason = "aborted by \(Rollouts.words(command.order))"
            record.rollout?.since = now
            record.rollout?.order = command.order
        }
        return done(command, "stays as it is until git changes it, `retry` or `rollback`")
    }

    private mutating func rollBack(_ command: RolloutCommand, _ record: AppRecord, at now: Instant) -> RolloutAnswer {
        let targets = healthySpecs(record)
        guard let target = target(of: command, record, targets) else {
            return refuse(command, nowhere(command, record, targets))
        }
        let order = lasting(command.order, policy.pinFor)
        let isLeft = record.desired != target.digest || record.isHalfWayBack
        change(command.app) { record in
            record.pin = Pin(digest: target.digest, order: order)
            guard record.rollout == nil, isLeft else { return }
            record.rollout = RolloutRecord(
                deployment: command.deployment,
                phase: .rollingBack,
                reason: "",
                since: now
            )
        }
        let until = Rollouts.until(order)
        guard isLeft else {
            return done(command, "is on \(target.digest.short) already, and is kept there\(until)")
        }
        let reason = "ordered by \(Rollouts.words(order))"
        rollBack(command.app, to: target.digest, because: reason, order: order, leaving: command.about, at: now)
        return done(command, "goes back to \(target.digest.short), and is kept there\(until)")
    }

    /// Why there is nothing to go back to, what there is, and the command that leads there.
    private func nowhere(_ command: RolloutCommand, _ record: AppRecord, _ targets: [HealthySpec]) -> String {
        guard !targets.isEmpty else { return "it was never healthy as a whole: there is nothing to go back to" }
        let known = targets.map { target in
            let notes = [
                target.digest == record.desired ? "where it is now" : nil,
                target.digest == record.heldBack?.digest ? "held back" : nil,
            ].compactMap(\.self)
            let commit = "commit \(target.revision.rawValue.prefix(12))"
            return "\(target.digest.short) (\(([commit] + notes).joined(separator: ", ")))"
        }
        let other = targets.first { $0.digest != record.desired }
        let go = other.map { "; to go there: pacer rollout rollback \(record.id) --to \($0.digest.short)" } ?? ""
        let nothing =
            command.to.map { "--to \($0) begins no digest and no revision that it was healthy on" }
            ?? "there is nothing to go back to"
        return "\(nothing); it was healthy on \(known.joined(separator: ", "))\(go)"
    }

    /// The specs that the app was healthy on and that are still there, newest first.
    private func healthySpecs(_ record: AppRecord) -> [HealthySpec] {
        (record.history ?? []).filter { specs[$0.digest] != nil }
    }

    private func target(of command: RolloutCommand, _ record: AppRecord, _ targets: [HealthySpec]) -> HealthySpec? {
        guard let wanted = command.to else {
            // It was on its way there and is not: that way is taken up again.
            if record.isHalfWayBack, let left = targets.first(where: { $0.digest == record.desired }) { return left }
            return targets.first { $0.digest != record.desired && $0.digest != record.heldBack?.digest }
        }
        let prefix = wanted.lowercased()
        guard !prefix.isEmpty else { return nil }
        return targets.first { $0.digest.hex.hasPrefix(prefix) || $0.revision.rawValue.hasPrefix(prefix) }
    }

    private mutating func retry(_ command: RolloutCommand, _ record: AppRecord, at now: Instant) -> RolloutAnswer {
        if let rollout = record.rollout, rollout.phase == .aborted || rollout.lastFailure != nil,
            rollout.phase != .rollingBack
        {
            // A restart depends on nothing: it begins as it began.
            let opening = record.restart == nil ? RolloutRecord.Phase.waiting : .rolling
            let phase = rollout.pausedIn ?? opening
            change(command.app) { record in
                record.rollout = RolloutRecord(
                    deployment: rollout.deployment,
                    phase: phase,
                    reason: "tried again by \(Rollouts.words(command.order))",
                    since: now
                )
                if Rollouts.needsTurn(phase) { record.rollout?.hindrance = .turn }
            }
            refreshDependencies()
            return done(command, "the rollout is tried again\(turnHint(for: command.app))")
        }
        if record.rollout?.phase == .paused {
            return refuse(command, "nothing of it failed: it is paused; `resume` lets it go on")
        }
        guard let held = record.heldBack else { return spare(command, record, "nothing of it failed or was aborted") }
        change(command.app) { record in
            record.heldBack = nil
            record.pin = nil
        }
        return done(command, "\(held.digest.short) is held back no more: what git has is tried again")
    }

    private mutating func restart(_ command: RolloutCommand, _ record: AppRecord, at now: Instant) -> RolloutAnswer {
        guard record.rollout == nil else {
            return refuse(command, "a rollout is under way (\(record.rollout?.phase.rawValue ?? "")): wait for its end")
        }
        guard record.suspension == nil else { return refuse(command, "it is suspended; `resume` starts it") }
        change(command.app) { record in
            record.restart = command.order
            record.rollout = RolloutRecord(
                deployment: command.deployment,
                phase: .rolling,
                reason: "restarted by \(Rollouts.words(command.order))",
                since: now
            )
            record.rollout?.hindrance = .turn
        }
        let hint = turnHint(for: command.app)
        return done(command, "every task is replaced, within the bounds of its upgrade strategy\(hint)")
    }

    private mutating func promote(_ command: RolloutCommand, _ record: AppRecord, at now: Instant) -> RolloutAnswer {
        guard let rollout = record.rollout, rollout.phase == .canary || rollout.pausedIn == .canary else {
            guard record.rollout?.phase == .waiting else { return spare(command, record, "it has no canary out") }
            return refuse(command, "it has no canary out yet: \(record.rollout?.reason ?? "")")
        }
        // What has failed, or was braked, does not pass unseen.
        guard rollout.phase != .paused || rollout.order != nil else {
            return refuse(command, "its canary is paused: \(rollout.reason)")
        }
        let hasTurn = budget.active.contains(command.app)
        change(command.app) { record in
            record.rollout?.phase = .rolling
            record.rollout?.pausedIn = nil
            record.rollout?.hindrance = hasTurn ? nil : .turn
            record.rollout?.reason = "promoted by \(Rollouts.words(command.order))"
            record.promoted = record.desired
            record.rollout?.since = now
            record.rollout?.order = nil
        }
        outbox.append(.note(.promoted(command.app, by: command.order.who)))
        let pause = rollout.phase == .paused ? "the pause has ended; " : ""
        return done(command, "\(pause)the canary passes: all other instances follow\(turnHint(for: command.app))")
    }

    private mutating func suspend(_ command: RolloutCommand, _ record: AppRecord) -> RolloutAnswer {
        guard record.suspension == nil else {
            return spare(command, record, "it is suspended already, by \(record.suspension?.who ?? "")")
        }
        if let desired = record.desired, specs[desired]?.app.isResident == true {
            return refuse(command, "it has persistent volumes: to stop its instances would delete them")
        }
        let order = lasting(command.order, policy.suspendFor)
        change(command.app) { $0.suspension = order }
        return done(command, "all of its instances stop,\(Rollouts.until(order))")
    }

    /// What follows when an app's pin is gone.
    private static func afterPin(_ record: AppRecord?) -> String {
        guard let record, let held = record.heldBack else { return "the pin is gone: the app follows git again" }
        return "the pin is gone; \(held.digest.short) stays held back until git changes the app or: "
            + "pacer rollout retry \(record.id)"
    }

    func lasting(_ order: Order, _ standard: Milliseconds) -> Order {
        var order = order
        order.until = order.until ?? order.at + standard
        return order
    }
}

extension AppRecord {
    /// Whether its way back was aborted, or paused, before its end.
    fileprivate var isHalfWayBack: Bool { rollout?.pausedIn == .rollingBack }
}
