import Domain

/// The agents that are to go for maintenance, as inverse offers and offers tell of it (mesos.md §3.10).
///
///     (unknown) ──inverse offer, or offer with unavailability──▶ planned ──horizon before its begin──▶ leaving
///         ▲                                                        │                                     │
///         └── an offer without unavailability, the window's end, or nobody spoke of it for too long ─────┘
///
/// Mesos tells nobody that a schedule was taken back. Inverse offers come again while it stands, after the time for
/// which they were refused, so a window that is not renewed for twice that time is forgotten.
struct Maintenance: Sendable {
    private struct Window: Sendable {
        var from: Instant
        var until: Instant?
    }

    private var windows: [AgentID: Window] = [:]
    private var leaving: Set<AgentID> = []
    private var begins = Agenda<AgentID>()
    private var ends = Agenda<AgentID>()

    /// When an agent begins to leave, or a window is over.
    var nextDeadline: Instant? { [begins.next, ends.next].compactMap(\.self).min() }

    /// When an agent goes, if it is to be emptied by now; `nil` for all others.
    func deadline(of agent: AgentID) -> Instant? { leaving.contains(agent) ? windows[agent]?.from : nil }

    /// Whether an agent's window is known.
    func knows(_ agent: AgentID) -> Bool { windows[agent] != nil }

    /// Somebody says that the agent will be away.
    /// - Returns: whether it was leaving already and the moment at which it goes is another now.
    mutating func plan(
        _ agent: AgentID,
        from: Instant,
        until: Instant?,
        at now: Instant,
        _ settings: SchedulerSettings
    ) -> Bool {
        let old = deadline(of: agent)
        windows[agent] = Window(from: from, until: until)
        let silence = now + max(settings.refuseInverse * 2, Milliseconds(1))
        ends.set(agent, at: until.map { min($0, silence) } ?? silence)
        let begin = Instant(milliseconds: from.milliseconds - settings.maintenanceHorizon.count)
        guard old != nil, begin <= now else {
            leaving.remove(agent)
            begins.set(agent, at: begin)
            return old != nil
        }
        return old != from
    }

    /// The agent stays.
    /// - Returns: whether it was leaving.
    mutating func cancel(_ agent: AgentID) -> Bool {
        windows[agent] = nil
        begins.remove(agent)
        ends.remove(agent)
        return leaving.remove(agent) != nil
    }

    /// The next agent that begins to leave.
    mutating func takeBegun(at now: Instant) -> AgentID? {
        guard let agent = begins.takeDue(at: now) else { return nil }
        leaving.insert(agent)
        return agent
    }

    /// The next agent whose window is over, or was heard of last too long ago; it is forgotten.
    mutating func takeOver(at now: Instant) -> AgentID? {
        guard let agent = ends.takeDue(at: now) else { return nil }
        _ = cancel(agent)
        return agent
    }
}

extension Offer {
    /// Whether the agent is away, or will be before `horizon`. One whose window is over is as good as any other, though
    /// the schedule still names it (Marathon's `Availability`).
    func isLeaving(before horizon: Instant, at now: Instant) -> Bool {
        guard let from = unavailableFrom, from <= horizon else { return false }
        return unavailableUntil.map { now < $0 } ?? true
    }
}
