import Domain

/// Finds what differs from what is wanted and is not explained by a running rollout.
package struct DriftDetector: Sendable {
    /// What is done about drift by itself; findings say so.
    package var policy: DriftInput.Policy

    /// A detector.
    package init(policy: DriftInput.Policy) { self.policy = policy }

    /// Everything that there is to find, sorted by app, kind and subject.
    package func findings(
        apps: [DriftInput.App],
        orphans: [DriftInput.Orphan],
        sources: [DriftInput.Source]
    ) -> [DriftFinding] {
        let all = apps.flatMap(findings(of:)) + orphans.map(finding(of:)) + sources.flatMap(findings(of:))
        return all.sorted { left, right in
            (left.app?.path ?? "", left.kind.rawValue, left.subject)
                < (right.app?.path ?? "", right.kind.rawValue, right.subject)
        }
    }

    /// What there is to find in one app. Looking at an app again costs nothing but its own instances.
    ///
    /// While a rollout runs, instances that are missing, too many or of another spec are its business; a failing check
    /// is drift at any time, and so is what a person ordered. How many instances are wanted is what is in force: no app is
    /// told of twice because a person has scaled it. A rollout that is braked, paused or aborted explains nothing.
    package func findings(of app: DriftInput.App) -> [DriftFinding] {
        var findings: [DriftFinding] = []
        if app.declared == .absent, app.record.desired != nil { findings.append(unmanaged(app)) }
        findings += unhealthy(app) + exceptions(app) + standstill(app) + refused(app)
        guard app.record.rollout == nil, app.record.suspension == nil, let spec = app.spec.map(app.record.inForce)
        else {
            return findings
        }
        if let missing = missing(app, spec) { findings.append(missing) }
        if let surplus = surplus(app, spec) { findings.append(surplus) }
        if let stale = stale(app, spec) { findings.append(stale) }
        return findings
    }

    /// A task of our framework that no record knows.
    package func finding(of orphan: DriftInput.Orphan) -> DriftFinding {
        DriftFinding(
            app: nil,
            subject: orphan.task.rawValue,
            kind: .orphanTask,
            cause: "no record knows the task: it was left by another run of the framework",
            expected: "no such task",
            actual: orphan.agent.isEmpty ? "runs somewhere" : "runs on \(orphan.agent)",
            action: policy.selfHeal ? "killed when its grace period is over" : "none: self-heal is off"
        )
    }

    /// What there is to find in one source.
    package func findings(of source: DriftInput.Source) -> [DriftFinding] {
        manifestProblems(source.record) + [behind(source)].compactMap { $0 }
    }
}

// MARK: - Apps

extension DriftDetector {
    private func wanted(_ app: DriftInput.App) -> [Instance] { app.instances.filter { $0.goal == .running } }

    private func unmanaged(_ app: DriftInput.App) -> DriftFinding {
        DriftFinding(
            app: app.record.id,
            subject: "app",
            kind: .unmanaged,
            cause: app.wayOut == nil
                ? "git has the app no more (it was in \(app.record.file))"
                : "its source \(app.record.source) is not in the configuration",
            expected: "not there",
            actual: Self.counted(wanted(app).count),
            action: removalAction(app)
        )
    }

    private func removalAction(_ app: DriftInput.App) -> String {
        switch app.wayOut {
        case nil where app.record.pin != nil: "kept as long as it is pinned"
        case nil where !app.objections.isEmpty: "kept: \(app.objections.map(\.words).joined(separator: "; "))"
        case nil: policy.prune ? "kept until its removal is applied" : "kept: pruning is off"
        case .removal(let plan):
            "kept until a person removes it: pacer sync --source \(app.record.source) --confirm \(plan)"
        case .handOver(let heir): "goes over to source \(heir), which declares it"
        case .kept(let reason): "kept: \(reason)"
        }
    }

    private func unhealthy(_ app: DriftInput.App) -> [DriftFinding] {
        wanted(app).compactMap { instance in
            guard instance.condition == .running, let task = instance.task, task.healthy == false else { return nil }
            return DriftFinding(
                app: app.record.id,
                subject: "#\(instance.id.number)",
                kind: .unhealthy,
                cause: "\(task.failingCheck) fails on \(task.agent.hostname)",
                expected: "instance #\(instance.id.number) healthy",
                actual: "running, not healthy",
                action: "killed by Mesos after maxConsecutiveFailures, then started again"
            )
        }
    }

    private func missing(_ app: DriftInput.App, _ spec: Spec) -> DriftFinding? {
        let wanted = wanted(app)
        let absent = wanted.filter { $0.condition != .running }
        let running = wanted.count - absent.count
        guard running < spec.app.instances else { return nil }
        return DriftFinding(
            app: app.record.id,
            subject: "instances",
            kind: .missing,
            cause: absenceCause(app, absent),
            expected: "\(spec.app.instances) running",
            actual: "\(running) running",
            action: startAction(app, wanted, spec)
        )
    }

    /// Why instances do not run: the newest end of a task or loss of an agent, and what the next start waits for.
    private func absenceCause(_ app: DriftInput.App, _ absent: [Instance]) -> String? {
        let lost = absent.filter { $0.condition == .unreachable }.compactMap { instance in
            instance.task.map { (instance.since, "agent lost: \($0.agent.hostname) is out of reach") }
        }
        let ended = absent.filter { $0.condition != .unreachable }.compactMap { instance in
            instance.lastEnd.map { ($0.at, TaskEndCause.text(of: $0)) }
        }
        let newest = (lost + ended).max { ($0.0, $0.1) < ($1.0, $1.1) }?.1
        let waits = absent.contains { $0.condition == .scheduled }
        let place = waits ? app.refusals.map { "no place: \($0)" } : nil
        let known = [newest, place].compactMap { $0 }
        return known.isEmpty ? nil : known.joined(separator: "; ")
    }

    /// What is done about instances that do not run: each for what it waits for, as far as that is one thing.
    private func startAction(_ app: DriftInput.App, _ wanted: [Instance], _ spec: Spec) -> String {
        guard wanted.count >= spec.app.instances || policy.selfHeal else { return "none: self-heal is off" }
        let unreachable = wanted.filter { $0.condition == .unreachable }
        let absent = spec.app.instances - wanted.count { $0.condition == .running }
        guard unreachable.count < absent else {
            return unreachable.contains { $0.reservation != nil }
                ? "goes on when the agent returns, or starts anew as its residency says"
                : "goes on when the agent returns, or is replaced as the unreachable strategy says"
        }
        if let backoff = app.record.backoff {
            return "started again after a back-off (\(backoff.failures) failures in a row)"
        }
        let waits = wanted.contains { $0.condition == .scheduled }
        return waits && app.refusals != nil ? "started as soon as an offer fits" : "started again"
    }

    /// Instances too many. Those that take the place of others on agents that go for maintenance are none.
    private func surplus(_ app: DriftInput.App, _ spec: Spec) -> DriftFinding? {
        let wanted = wanted(app)
        guard wanted.count > spec.app.instances, !SyncStatus.hasItsNumber(spec.app, wanted) else { return nil }
        return DriftFinding(
            app: app.record.id,
            subject: "instances",
            kind: .surplus,
            cause: nil,
            expected: Self.counted(spec.app.instances),
            actual: Self.counted(wanted.count),
            action: policy.selfHeal ? "those too many are stopped" : "none: self-heal is off"
        )
    }

    private func stale(_ app: DriftInput.App, _ spec: Spec) -> DriftFinding? {
        let stale = wanted(app).filter { $0.digest != spec.digest }
        guard let first = stale.first else { return nil }
        return DriftFinding(
            app: app.record.id,
            subject: "instances",
            kind: .staleSpec,
            cause: nil,
            expected: "all on \(spec.digest.short)",
            actual: "\(stale.count) on other specs, \(first.id) on \(first.digest.short)",
            action: policy.selfHeal ? "replaced within the upgrade strategy's bounds" : "none: self-heal is off"
        )
    }
}

// MARK: - Sources

extension DriftDetector {
    private func manifestProblems(_ source: SourceRecord) -> [DriftFinding] {
        let errors = source.problems.filter { $0.severity == .error }
        return Dictionary(grouping: errors, by: \.file).sorted { $0.key < $1.key }.map { file, problems in
            let ordered = problems.sorted()
            let more = ordered.count > 1 ? " (and \(ordered.count - 1) more)" : ""
            let first = ordered.first.map { problem in
                // A record of an older controller may have a file that is wrong as a whole, without a line.
                let place = problem.line > 0 ? "line \(problem.line), column \(problem.column): " : ""
                return "\(place)\(problem.message)\(more)"
            }
            return DriftFinding(
                app: nil,
                subject: "\(source.name):\(file)",
                kind: .manifestProblem,
                cause: first,
                expected: "a file that can be used",
                actual: ordered.count == 1 ? "1 error" : "\(ordered.count) errors",
                action: "the file's apps keep what they run until it is mended"
            )
        }
    }

    private func behind(_ source: DriftInput.Source) -> DriftFinding? {
        let record = source.record
        guard let cause = source.failure ?? waitingCommit(record) else { return nil }
        return DriftFinding(
            app: nil,
            subject: record.name,
            kind: .sourceBehind,
            cause: cause,
            expected: "the newest commit is applied" + (record.seen.map { ": \($0)" } ?? ""),
            actual: record.applied.map { "\($0) is applied" } ?? "no commit is applied",
            action: action(of: source)
        )
    }

    private func waitingCommit(_ record: SourceRecord) -> String? {
        if let held = record.held { return held.reason }
        guard let seen = record.seen, seen != record.applied else { return nil }
        return "a commit was seen and is not applied"
    }

    private func action(of source: DriftInput.Source) -> String {
        if source.failure != nil { return "read again at the next poll; what runs is left as it is" }
        if source.record.held != nil { return "held until a person confirms this plan" }
        return policy.auto ? "applied in the next turn" : "waits for a sync: auto-sync is off"
    }
}
