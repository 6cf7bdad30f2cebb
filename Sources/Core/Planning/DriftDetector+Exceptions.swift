import Domain

extension DriftDetector {
    /// What people have ordered that keeps the app from what git says, and that ends by itself.
    func exceptions(_ app: DriftInput.App) -> [DriftFinding] {
        let lasting: [AppException.Kind] = [.pin, .suspension, .scale]
        return app.record.exceptions(app.spec).filter { lasting.contains($0.kind) }.map { exception in
            DriftFinding(
                app: exception.app,
                subject: exception.kind.rawValue,
                kind: .exceptionInForce,
                cause: exception.cause,
                expected: expected(instead: exception, app),
                actual: exception.kind == .scale ? scaled(app) : exception.what,
                action: exception.action
            )
        }
    }

    /// What there would be without it.
    private func expected(instead exception: AppException, _ app: DriftInput.App) -> String {
        switch exception.kind {
        case .pin: declared(app.declared)
        default: app.spec.map { Self.counted($0.app.instances) } ?? "what its spec says"
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
    /// Who ordered it, and why.
    fileprivate var cause: String? {
        who.map { why.isEmpty ? "ordered by \($0)" : "ordered by \($0): \(why)" }
    }

    /// When it ends, and how it ends earlier.
    fileprivate var action: String {
        guard let until else { return "ends with: \(end)" }
        return "ends at \(until.brief) by itself; earlier with: \(end)"
    }
}
