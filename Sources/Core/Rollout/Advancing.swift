package import Domain

extension Rollouts {
    /// Takes an app one look further towards its desired spec.
    mutating func advance(_ app: App, at now: Instant) {
        let id = app.record.id
        guard let digest = app.record.desired, let spec = specInForce(of: app) else {
            return noteWait(id, "its spec is not in the store; it keeps what it runs until git changes it")
        }
        guard app.record.suspension == nil else { return stopForSuspension(app) }
        switch app.record.rollout?.phase {
        case nil:
            // An agent that goes takes its tasks with it: no drift, but a reason to move them in time.
            guard policy.healsDrift || app.instances.contains(where: { $0.task?.leavesAt != nil }) else { return }
        case .paused, .aborted, .removing:
            return
        case .waiting:
            guard mayBegin(app, spec, at: now) else { return }
            enter(id, opening(app, spec), because: Rollouts.aim(of: spec.app), at: now)
        case .canary, .rolling:
            // What fails meanwhile is started again without a word from here, and counts for all others.
            guard !isHeld(app, spec, at: now) else { return countStarting(app, spec, at: now) }
            guard !isCrowdedOut(app, spec, at: now) else { return }
        case .rollingBack:
            guard !isHeld(app, spec, at: now) else {
                let census = Census(desired: spec, old: specs, instances: app.instances)
                return carryOut(RolloutStep.decideWhileHeld(spec, census), for: id, digest, at: now)
            }
        }
        converge(id, spec, digest, at: now)
    }

    /// Starts and stops what may be started and stopped now.
    private mutating func converge(_ id: AppID, _ spec: Spec, _ digest: Digest, at now: Instant) {
        guard let app = apps[id] else { return }
        let terms = terms(of: app, spec, at: now)
        let late = overdue(app, spec, terms)
        guard late.isEmpty else { return replace(late, of: id, spec, at: now) }
        let census = Census(desired: spec, old: specs, instances: app.instances, terms: terms)
        let decision = RolloutStep.decide(spec, census, terms)
        noteProgress(id, census, at: now)
        guard standsStill(app, spec, census, decision, at: now) || hasTurn(id, census, at: now) else { return }
        carryOut(decision, for: id, digest, at: now)
        let stall = decision.movesNothing ? stall(apps[id] ?? app, spec, at: now) : nil
        if stall == nil { countStarting(id, spec, census, decision) }
        if decision.isBraked { budget.waitForTasks(id) }
        if decision.isComplete { return finish(id, spec, at: now) }
        guard let phase = app.record.rollout?.phase else { return }
        if phase == .canary, isHealthy(census, canary: spec.app.strategy.canary) {
            return pass(id, spec, census, at: now)
        }
        if let stall { return noteWait(id, stall, .stalled) }
        if decision.isBraked, let most = policy.maxConcurrentTasks {
            return noteWait(id, Rollouts.tasksReason(most), .held)
        }
        noteWait(id, Rollouts.aim(of: app, spec))
    }

    /// Whether the app stays where it is without a turn: it has arrived, nothing of it moves for long already, or a
    /// person has to let its canary pass.
    private func standsStill(
        _ app: App,
        _ spec: Spec,
        _ census: Census,
        _ decision: RolloutStep.Decision,
        at now: Instant
    ) -> Bool {
        guard let rollout = app.record.rollout else { return true }
        guard !decision.isComplete else { return true }
        guard decision.movesNothing else { return false }
        if rollout.phase == .canary, spec.app.strategy.promotion == .manual {
            if isHealthy(census, canary: spec.app.strategy.canary) { return true }
        }
        return rollout.hindrance == .stalled && stall(app, spec, at: now) != nil
    }

    /// What decisions about the app stand on now.
    func terms(of app: App, _ spec: Spec, at now: Instant) -> RolloutStep.Terms {
        var terms = RolloutStep.Terms()
        terms.now = now
        terms.outdatedBefore = app.record.restart?.at
        let strategy = spec.app.strategy
        switch app.record.rollout?.phase {
        case .canary:
            terms.canary = strategy.canary
            fallthrough
        case .rolling:
            terms.watch = spec.app.watch
            terms.deadline = strategy.deadline
        case .rollingBack:
            // The fast way back waits for no watch of the definition's. But a task without a check is no sign of health in its
            // first seconds, and the last that are healthy must not go for it.
            terms.watch = spec.app.isChecked ? .zero : min(spec.app.watch, AppSpec.uncheckedWatch)
        case nil, .waiting, .paused, .aborted, .removing: break
        }
        if app.record.rollout != nil, let most = policy.maxConcurrentTasks {
            let census = Census(desired: spec, old: specs, instances: app.instances, terms: terms)
            let own = census.current.count { census.standing(of: $0) < .healthy }
            terms.mayStart = max(0, most - budget.startingBeside(app.record.id) - own)
        }
        return terms
    }

    /// What is on its way already counts before the first look at any app: a new leader looks at one after the other.
    mutating func countStarting(at now: Instant) {
        knowsStarting = true
        guard policy.maxConcurrentTasks != nil else { return }
        for id in budget.active.sorted() {
            guard let app = apps[id], let spec = app.record.desired.flatMap({ specs[$0] }) else { continue }
            countStarting(app, spec, at: now)
        }
    }

    /// Counts what of an app is on its way though nothing is decided about it now.
    private mutating func countStarting(_ app: App, _ spec: Spec, at now: Instant) {
        guard policy.maxConcurrentTasks != nil else { return }
        let census = Census(desired: spec, old: specs, instances: app.instances, terms: terms(of: app, spec, at: now))
        let starting = census.current.count { census.standing(of: $0) < .healthy }
        marked.formUnion(budget.setStarting(starting, of: app.record.id))
    }

    private mutating func countStarting(_ id: AppID, _ spec: Spec, _ census: Census, _ decision: RolloutStep.Decision) {
        guard apps[id]?.record.rollout != nil, policy.maxConcurrentTasks != nil else { return }
        let starting =
            census.current.count { census.standing(of: $0) < .healthy } + decision.start + decision.relaunch.count
        marked.formUnion(budget.setStarting(starting, of: id))
    }

    private mutating func carryOut(_ decision: RolloutStep.Decision, for id: AppID, _ digest: Digest, at now: Instant) {
        guard var app = apps[id] else { return }
        let adopted = Set(decision.adopt)
        let stopped = Set(decision.stop)
        let relaunched = Set(decision.relaunch)
        for index in app.instances.indices {
            let instance = app.instances[index].id
            if adopted.contains(instance) { app.instances[index].adopt(digest) }
            if relaunched.contains(instance) { app.instances[index].relaunch(under: digest) }
            if stopped.contains(instance) { app.instances[index].goal = .stopped }
        }
        outbox += decision.adopt.map { .adopt($0, digest) }
        outbox += decision.stop.map(RolloutEffect.stop)
        outbox += decision.relaunch.map { .relaunch($0, digest) }
        for _ in 0..<decision.start {
            let new = InstanceID(app: id, number: app.record.nextInstance)
            app.record.nextInstance += 1
            app.instances.append(Instance(id: new, digest: digest, since: now))
            outbox.append(.start(new, digest))
        }
        apps[id] = app
        guard decision.start > 0 || !adopted.isEmpty || !stopped.isEmpty || !relaunched.isEmpty else { return }
        if decision.start > 0 { unsaved.insert(id) }
        marked.insert(id)
    }

    private mutating func finish(_ id: AppID, _ spec: Spec, at now: Instant) {
        guard let rollout = apps[id]?.record.rollout else { return }
        change(id) { record in
            record.rollout = nil
            record.restart = nil
            // An app without instances has shown nothing.
            guard spec.app.instances > 0 else { return }
            record.lastHealthy = spec.digest
            let reached = HealthySpec(digest: spec.digest, revision: record.revision, at: now)
            let others = (record.history ?? []).filter { $0.digest != spec.digest }
            record.history = Array(([reached] + others).prefix(AppRecord.historyLength))
        }
        if rollout.phase != .rollingBack { outcomes.succeeded(id, in: rollout.deployment) }
        outbox.append(.note(.finished(id, rollout.deployment)))
    }

    private mutating func stopForSuspension(_ app: App) {
        let decision = RolloutStep.decideRemoval(of: app.instances)
        // What stands still besides keeps its own reason: it stands still when the suspension has ended, too.
        if let order = app.record.suspension, ![.paused, .aborted].contains(app.record.rollout?.phase) {
            noteWait(app.record.id, "suspended by \(Rollouts.words(order))\(Rollouts.until(order))", .held)
        }
        guard !decision.stop.isEmpty, let digest = app.record.desired else { return }
        var stops = RolloutStep.Decision()
        stops.stop = decision.stop
        carryOut(stops, for: app.record.id, digest, at: Instant(milliseconds: 0))
    }
}

extension Rollouts {
    /// Whether none of an app's present instances may stop before a new one of this spec is healthy, so that the first new
    /// one needs room beside all of them.
    package func keepsAll(of id: AppID, until spec: Spec) -> Bool {
        guard let app = apps[id] else { return false }
        let census = Census(desired: spec, old: specs, instances: app.instances)
        guard !census.old.isEmpty else { return false }
        let decision = RolloutStep.decide(spec, census, RolloutStep.Terms())
        return decision.stop.isEmpty && decision.relaunch.isEmpty
    }
}

// MARK: - Phases

extension Rollouts {
    /// Enters a phase, once.
    mutating func enter(_ id: AppID, _ phase: RolloutRecord.Phase, because reason: String, at now: Instant) {
        change(id) { record in
            guard record.rollout?.phase != phase else { return }
            record.rollout?.phase = phase
            record.rollout?.reason = reason
            record.rollout?.hindrance = nil
            record.rollout?.since = now
            record.rollout?.pausedIn = nil
            record.rollout?.order = nil
        }
    }

    /// How a rollout begins: with a canary where one is asked for and there is an older version to compare it with, unless a
    /// person has let it pass before. After a suspension, or from no instances, the canary comes first though nothing old
    /// runs beside it.
    func opening(_ app: App, _ spec: Spec) -> RolloutRecord.Phase {
        guard app.record.promoted != spec.digest else { return .rolling }
        let canary = spec.app.strategy.canary
        guard canary > 0, hasRoomForCanary(spec) else { return .rolling }
        let census = Census(desired: spec, old: specs, instances: app.instances)
        guard census.old.isEmpty else { return .canary }
        guard census.current.count <= canary, let last = app.record.lastHealthy.flatMap({ specs[$0] }) else {
            return .rolling
        }
        return last.restartDigest == spec.restartDigest ? .rolling : .canary
    }

    /// Whether anything of an older version would stay beside the canary.
    private func hasRoomForCanary(_ spec: Spec) -> Bool { spec.app.strategy.canary < spec.app.instances }

    /// Whether a canary stands where it is because a commit, or the end of another number of instances, has left no room for it
    /// beside the old version: a person has to let it pass. Where none is asked, or nothing old is left, there is no canary
    /// any more.
    private mutating func isCrowdedOut(_ app: App, _ spec: Spec, at now: Instant) -> Bool {
        let id = app.record.id
        guard app.record.rollout?.phase == .canary, !hasRoomForCanary(spec) else { return false }
        let census = Census(desired: spec, old: specs, instances: app.instances)
        guard spec.app.strategy.promotion == .manual, !census.old.isEmpty else {
            enter(id, .rolling, because: Rollouts.aim(of: spec.app), at: now)
            return false
        }
        let number = Rollouts.counted(spec.app.instances, "instance")
        let verb = spec.app.instances == 1 ? "leaves" : "leave"
        let why = "\(number) \(verb) no room for the canary beside the old version"
        noteWait(id, "\(why); it passes with: pacer rollout promote \(id)", .person)
        return true
    }

    private func isHealthy(_ census: Census, canary: Int) -> Bool {
        census.current.count { census.standing(of: $0) == .healthy } >= canary
    }

    /// The canary is healthy: it passes, or waits for a person who says so.
    private mutating func pass(_ id: AppID, _ spec: Spec, _ census: Census, at now: Instant) {
        guard spec.app.strategy.promotion == .automatic else {
            let alone = census.old.isEmpty ? ", and nothing of the old version runs beside it" : ""
            return noteWait(id, "the canary is healthy\(alone); it passes with: pacer rollout promote \(id)", .person)
        }
        outbox.append(.note(.promoted(id, by: nil)))
        enter(id, .rolling, because: Rollouts.aim(of: spec.app), at: now)
        marked.insert(id)
    }

    /// Says once what a rollout waits for, and whether that keeps it from moving.
    mutating func noteWait(_ id: AppID, _ reason: String, _ hindrance: RolloutRecord.Hindrance? = nil) {
        guard let rollout = apps[id]?.record.rollout else { return }
        guard rollout.reason != reason || rollout.hindrance != hindrance else { return }
        change(id) { record in
            record.rollout?.reason = reason
            record.rollout?.hindrance = hindrance
        }
        outbox.append(.note(.waiting(id, reason)))
    }
}
