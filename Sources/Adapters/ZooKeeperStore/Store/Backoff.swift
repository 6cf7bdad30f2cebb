import Domain

/// How long to wait before the next try: doubling with every failure, jittered so that candidates that lost the same
/// server do not come back as one.
struct Backoff: Hashable, Sendable {
    /// The shortest wait, in milliseconds.
    static let shortest = Milliseconds(100)
    /// The longest wait, in milliseconds.
    static let longest = Milliseconds.seconds(15)

    private var bound = Backoff.shortest

    /// The next wait: between the shortest and a bound that doubles.
    mutating func next(using random: inout some RandomNumberGenerator) -> Milliseconds {
        bound = Milliseconds(min(bound.count * 2, Self.longest.count))
        return Milliseconds(Int64.random(in: Self.shortest.count...bound.count, using: &random))
    }

    /// Starts over after a success.
    mutating func reset() { bound = Self.shortest }
}

/// Says what is wrong once, and again only now and then while it stays the same.
struct Complaint {
    /// How long the same reason stays unsaid, in milliseconds.
    static let silence = Milliseconds.seconds(60)

    private var last: (reason: String, at: ContinuousClock.Instant)?

    /// Whether a reason should be said now.
    mutating func isNews(_ reason: String, at now: ContinuousClock.Instant) -> Bool {
        if let last, last.reason == reason, now < last.at + .milliseconds(Self.silence.count) { return false }
        last = (reason, now)
        return true
    }
}
