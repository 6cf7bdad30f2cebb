/// A moment, in milliseconds since 1970 (UTC). Always handed in from outside; the core never asks a clock.
package struct Instant: Hashable, Comparable, Sendable, Codable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    package let milliseconds: Int64

    /// A moment from its milliseconds since 1970.
    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// Earlier before later.
    package static func < (left: Instant, right: Instant) -> Bool { left.milliseconds < right.milliseconds }

    /// The moment `span` later; stays at the end of time where it would overflow.
    package static func + (left: Instant, right: Milliseconds) -> Instant {
        let (sum, overflow) = left.milliseconds.addingReportingOverflow(right.count)
        return Instant(milliseconds: overflow ? .max : sum)
    }

    /// The time from `right` to `left`; negative where `right` is later.
    package static func - (left: Instant, right: Instant) -> Milliseconds {
        Milliseconds(left.milliseconds - right.milliseconds)
    }
}

/// A length of time in milliseconds.
package struct Milliseconds: Hashable, Comparable, Sendable, Codable {
    /// How many milliseconds.
    package let count: Int64

    /// A length of time from its milliseconds.
    package init(_ count: Int64) { self.count = count }

    /// A length of time from whole seconds.
    package static func seconds(_ seconds: Int64) -> Milliseconds { Milliseconds(seconds * 1000) }

    /// A length of time from whole minutes.
    package static func minutes(_ minutes: Int64) -> Milliseconds { Milliseconds(minutes * 60_000) }

    /// No time at all.
    package static let zero = Milliseconds(0)

    /// Shorter before longer.
    package static func < (left: Milliseconds, right: Milliseconds) -> Bool { left.count < right.count }

    /// Both lengths, one after the other.
    package static func + (left: Milliseconds, right: Milliseconds) -> Milliseconds {
        Milliseconds(left.count + right.count)
    }

    /// The length `times` over.
    package static func * (left: Milliseconds, times: Int64) -> Milliseconds { Milliseconds(left.count * times) }
}
