package import Domain
import FoundationEssentials

/// Where the shell's time and its randomness come from. The core is told both.
package struct ShellClock: Sendable {
    /// The present moment; never goes back within a process.
    package var now: @Sendable () -> Instant
    /// A length of time between two others, at random: spreads what many would else do at the same moment.
    package var jitter: @Sendable (ClosedRange<Int64>) -> Milliseconds

    /// A clock.
    package init(
        now: @escaping @Sendable () -> Instant,
        jitter: @escaping @Sendable (ClosedRange<Int64>) -> Milliseconds
    ) {
        self.now = now
        self.jitter = jitter
    }

    /// The machine's own: the wall clock at the start, and from there on the steady one.
    package static func system() -> ShellClock {
        let start = ContinuousClock.now
        let wall = Int64(Date().timeIntervalSince1970 * 1000)
        return ShellClock(
            now: {
                let elapsed = (ContinuousClock.now - start).components
                return Instant(
                    milliseconds: wall + elapsed.seconds * 1000 + elapsed.attoseconds / 1_000_000_000_000_000
                )
            },
            jitter: { Milliseconds(Int64.random(in: $0)) }
        )
    }
}
