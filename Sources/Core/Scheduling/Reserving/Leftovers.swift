import Domain

/// Reservations with our labels that no record names, as offers show them. Nobody will ever use them: they are reported,
/// and given back after a grace period, as orphan tasks are killed.
struct Leftovers: Sendable {
    private struct Entry: Sendable {
        var since: Instant
        var seen: Instant
    }

    private var entries: [ReservationID: Entry] = [:]

    /// Whether there is any.
    var isEmpty: Bool { entries.isEmpty }

    /// An offer shows one.
    /// - Returns: since when it is known, and whether that is news.
    mutating func see(_ id: ReservationID, at now: Instant) -> (since: Instant, isNew: Bool) {
        let since = entries[id]?.since ?? now
        let isNew = entries.updateValue(Entry(since: since, seen: now), forKey: id) == nil
        return (since, isNew)
    }

    /// It was given back; should that fail, an offer shows it again.
    mutating func settle(_ id: ReservationID) { entries[id] = nil }

    /// Forgets those that no offer has shown for so long.
    mutating func forget(unseenFor span: Milliseconds, at now: Instant) {
        guard !entries.isEmpty else { return }
        entries = entries.filter { $0.value.seen + span > now }
    }
}
