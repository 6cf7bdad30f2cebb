import Domain

extension DriftDetector {
    /// What keeps the app from what git says, by a person's order or since it failed. What an order to roll back left is held
    /// back by its pin, which is told.
    func exceptions(_ app: DriftInput.App) -> [DriftFinding] {
        let isLeft = app.record.pin != nil && app.record.heldBack?.endsWithPin == true
        return app.record.exceptions(app.spec).filter { $0.kind != .heldBack || !isLeft }.map { exception in
            DriftFinding(
                app: exception.app,
                subject: exception.kind.rawValue,
                kind: .exceptionInForce,
                cause: exception.cause,
                expected: expected(instead: exception, app),
                actual: actual(under: exception, app),
                action: exception.action
            )
        }
    }

    /// The brake holds its rollout, though nobody has paused it.
    func standstill(_ app: DriftInput.App) -> [DriftFinding] {
        guard app.isBraked, let rollout = app.record.rollout else { return [] }
        return [
            DriftFinding(
                app: app.record.id,
                subject: "brake",
                kind: .exceptionInForce,
                cause: rollout.reason,
                expected: declared(app.declared),
                actual: "its rollout does not move while \(rollout.phase.rawValue)",
                action: "goes on by itself when the brake is released; healing goes on meanwhile"
            )
        ]
    }

    /// What sources want of the app and plans cannot do. That of an app which git has no more is told as unmanaged.
    func refused(_ app: DriftInput.App) -> [DriftFinding] {
        guard app.declared != .absent else { return [] }
        return app.objections.map { objection in
            DriftFinding(
                app: app.record.id,
                subject: "\(objection.source):\(objection.problem.file)",
                kind: .manifestProblem,
                cause: objection.words,
                expected: "what \(objection.problem.file) of source \(objection.source) declares",
                actual: app.record.desired.map { "on \($0.short), of source \(app.record.source)" } ?? "being removed",
                action: "left as it is until a person decides: \(objection.problem.hint)"
            )
        }
    }

    /// What there would be without it.
    private func expected(instead exception: AppException, _ app: DriftInput.App) -> String {
        switch exception.kind {
        case .pin, .pause, .abort, .heldBack: declared(app.declared)
        case .suspension, .scale: app.spec.map { Self.counted($0.app.instances) } ?? "what its spec says"
        }
    }

    private func actual(under exception: AppException, _ app: DriftInput.App) -> String {
        switch exception.kind {
        case .pin, .suspension, .pause: exception.what
        case .abort: "aborted: \(exception.what)"
        case .scale: scaled(app)
        case .heldBack: app.record.desired.map { "on \($0.short); \(exception.what)" } ?? exception.what
        }
    }

    private func declared(_ declared: Declared) -> String {
        switch declared {
        case .spec(let digest): "on \(digest.short), as git declares"
        case .absent: "not there: git has the app no more"
        case .unknown: "what git declares, which nobody can say now"
        }
    }

    private func scaled(_ app: DriftInput.App) -> String {
        "scaled to \(Self.counted(app.record.scale?.instances ?? 0))"
    }

    static func counted(_ instances: Int) -> String {
        instances == 1 ? "1 instance" : "\(instances) instances"
    }
}

extension AppException {
    /// Who ordered it, and why; or what failed.
    fileprivate var cause: String? {
        guard let who else { return "batch failed: \(why)" }
        return why.isEmpty ? "ordered by \(who)" : "ordered by \(who): \(why)"
    }

    /// When it ends, and how it ends earlier.
    fileprivate var action: String {
        guard let until else { return "ends with: \(end)" }
        return "ends at \(until.brief) by itself; earlier with: \(end)"
    }
}

extension Objection {
    /// What cannot be done, with its code.
    package var words: String { "\(problem.message) [\(problem.code)]" }
}
