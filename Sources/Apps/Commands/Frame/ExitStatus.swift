/// What a command tells the shell (Terraform's meaning).
package struct ExitStatus: Hashable, Sendable {
    /// The number.
    package let code: Int32

    /// Done; nothing to report.
    package static let success = ExitStatus(code: 0)
    /// It failed, or something is wrong.
    package static let failure = ExitStatus(code: 1)
    /// Done, and there are changes or drift, where they were asked for.
    package static let changes = ExitStatus(code: 2)
    /// What was waited for did not come about: rolled back, held back, paused or aborted.
    package static let halted = ExitStatus(code: 3)
    /// The deadline is over, and it is still on its way.
    package static let late = ExitStatus(code: 4)
}
