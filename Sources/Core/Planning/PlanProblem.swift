package import Domain

/// What a plan refuses to do, and why. The codes belong to planning: `PACER-E3..` and `PACER-W3..`.
package enum PlanProblem {
    /// An app that two sources declare belongs to the one that had it first.
    static func ownedElsewhere(_ app: AppID, file: String, owner: String, by source: String) -> Problem {
        Problem(
            code: "PACER-E301",
            file: file,
            line: 0,
            column: 0,
            message: "\(app) is declared by source '\(owner)' already; source '\(source)' leaves it alone",
            hint: "remove it from one of the two sources; an app has exactly one owner"
        )
    }

    /// A desired state without any app is taken for an accident.
    static func emptyDesiredState(source: String, withheld: Int) -> Problem {
        Problem(
            code: "PACER-E302",
            file: "",
            line: 0,
            column: 0,
            message: "source '\(source)' declares no app at all; \(counted(withheld, "removal")) withheld",
            hint:
                "check the source's branch and path; to remove its apps on purpose, take the source out of the "
                + "controller's configuration and confirm the plan that is held then"
        )
    }

    /// What is reserved for an app's instances cannot become something else.
    static func reservationDiffers(_ app: AppID, file: String, fields: [String]) -> Problem {
        Problem(
            code: "PACER-E303",
            file: file,
            line: 0,
            column: 0,
            message:
                "\(app) has persistent volumes; of what is reserved for it \(fields.joined(separator: ", ")) cannot change",
            hint: "take the change back; or remove the app, which deletes its volumes, and add it again"
        )
    }

    /// A file that cannot be read whole might declare any app.
    static func removalsWithheld(by file: String, withheld: Int) -> Problem {
        Problem(
            code: "PACER-W301",
            severity: .warning,
            file: file,
            line: 0,
            column: 0,
            message: "cannot tell which apps this file declares; \(counted(withheld, "removal")) withheld",
            hint: "mend the file: what git no longer has is removed with the next commit that can be read whole"
        )
    }

    /// What keeps an app on the spec that it has although git declares another one; `nil` where nothing does.
    static func kept(_ present: ActualState.App?, from declaration: DesiredState.Declaration) -> Problem? {
        guard let record = present?.record, record.desired != nil else { return nil }
        if let pin = record.pin {
            return pinned(record.id, to: pin, file: declaration.file, instead: "what git declares")
        }
        guard let held = record.heldBack, held.digest == declaration.spec.digest else { return nil }
        return heldBack(record.id, held, file: declaration.file)
    }

    /// An app that a person keeps on a spec for a while.
    /// - Parameter instead: what does not come about meanwhile.
    static func pinned(_ app: AppID, to pin: Pin, file: String, instead: String) -> Problem {
        let why = pin.order.why.isEmpty ? "" : " (\(pin.order.why))"
        return Problem(
            code: "PACER-W302",
            severity: .warning,
            file: file,
            line: 0,
            column: 0,
            message: "\(app) is pinned to \(pin.digest.short) by \(pin.order.who)\(why); \(instead) waits",
            hint: "it follows git again when the pin ends, or with: pacer rollout resume \(app)"
        )
    }

    /// What is said of an app whose number of instances in git is not in force; `nil` where it is.
    static func scaled(
        _ present: ActualState.App?,
        from declaration: DesiredState.Declaration,
        of source: String
    ) -> Problem? {
        guard let record = present?.record, let scale = record.scale, record.source == source else { return nil }
        guard record.desired != nil, scale.instances != declaration.spec.app.instances else { return nil }
        let why = scale.order.why.isEmpty ? "" : " (\(scale.order.why))"
        let until = scale.order.until.map { " until \($0.brief)" } ?? ""
        return Problem(
            code: "PACER-W304",
            severity: .warning,
            file: declaration.file,
            line: 0,
            column: 0,
            message:
                "\(record.id) is scaled to \(scale.words(besides: declaration.spec)) by \(scale.order.who)\(why)\(until)",
            hint: "git's number follows then, or with: pacer rollout resume \(record.id)"
        )
    }

    /// A rollout that was paused or aborted and goes on with a commit, whatever that changes; `nil` where none does.
    static func goesOn(_ present: ActualState.App?, with change: Change) -> Problem? {
        guard let rollout = present?.record.rollout, [.paused, .aborted].contains(rollout.phase) else { return nil }
        let stands = rollout.phase == .paused ? "is paused" : "was aborted"
        return Problem(
            code: "PACER-W307",
            severity: .warning,
            file: change.file,
            line: 0,
            column: 0,
            message: "the rollout of \(change.app) \(stands) (\(rollout.reason)); with this commit it goes on",
            hint: "it stays as it is as long as no commit changes the app"
        )
    }

    /// An app whose instances cannot all run, whatever else runs: its rollout would never end. A warning, since agents that
    /// made no offer are not known.
    /// - Parameters:
    ///   - most: how many of them can.
    ///   - agents: how many agents are known.
    ///   - reason: what stands in the way of one more.
    package static func neverFits(_ spec: Spec, file: String, most: Int, agents: Int, reason: String) -> Problem {
        let wanted = spec.app.instances
        let known = agents == 1 ? "the 1 agent that is known" : "the \(agents) agents that are known"
        let who =
            most == 0 ? "\(spec.id) can never" : "no more than \(most) of \(wanted) instances of \(spec.id) can ever"
        return Problem(
            code: "PACER-W305",
            severity: .warning,
            file: file,
            line: 0,
            column: 0,
            message: "\(who) run on \(known): \(reason)",
            hint: "ask for less, or add agents; agents that made no offer since the controller leads are not known"
        )
    }

    /// An app whose present instances stay until a new one is healthy, beside which none has room: its rollout would not
    /// begin before something else goes.
    /// - Parameter reason: what stands in the way of the first new one.
    package static func hasNoRoom(_ spec: Spec, file: String, reason: String) -> Problem {
        Problem(
            code: "PACER-W306",
            severity: .warning,
            file: file,
            line: 0,
            column: 0,
            message: "\(spec.id) has no room for a first new task beside its present ones, none of which may stop "
                + "before one is healthy: \(reason)",
            hint: "lower `upgradeStrategy.minimumHealthCapacity`, ask for less, or add agents"
        )
    }

    /// An app whose spec in git has failed before.
    private static func heldBack(_ app: AppID, _ held: HeldBack, file: String) -> Problem {
        Problem(
            code: "PACER-W303",
            severity: .warning,
            file: file,
            line: 0,
            column: 0,
            message: "what git declares for \(app) is held back: \(held.reason)",
            hint: "change the app in git, or have it tried again with: pacer rollout retry \(app)"
        )
    }

    private static func counted(_ count: Int, _ noun: String) -> String {
        count == 1 ? "1 \(noun) is" : "\(count) \(noun)s are"
    }
}
