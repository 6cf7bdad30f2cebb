/// A volume of an instance, as Mesos knows it.
package struct ReservedVolume: Hashable, Sendable, Codable {
    /// Its name in Mesos (persistence id), unique for ever.
    package var id: String
    /// Where tasks find it: a path in their sandbox.
    package var containerPath: String

    /// A volume.
    package init(id: String, containerPath: String) {
        self.id = id
        self.containerPath = containerPath
    }
}

/// What is reserved on an agent for one instance of a resident app: its resources, and its persistent volumes on them.
/// It outlives the instance's tasks, and each of them runs on it.
///
/// Every step is recorded before it goes out, and Mesos does not say what became of it: only offers show. What a new
/// leader finds recorded is therefore enough to go on from anywhere.
///
///     (none) ──a place is found──▶ asked ──its task lives, or an offer shows it whole──▶ held ──┐
///       ▲                           │  │                                                        │ goal stopped, task over
///       │ its task is over, and an  │  └──── goal stopped, task over ────────────────┐          │
///       │ offer of the agent does   │                                                ▼          ▼
///       └ not show it (whole), or ──┘           (the instance's record goes) ◀── releasing ◀────┘
///         none comes for minutes                 an offer of the agent does not show it any more
///
/// - In `asked` and `held`, an instance without a task is launched again as soon as its agent offers what is reserved.
/// - Nobody takes `held` for lost because an offer does not show it: the data is worth the wait.
/// - From `asked` and `held` to (none) it goes at once when an operator says that the agent is gone for good, or after
///   the app's own time (``Residency``): the instance starts anew elsewhere.
/// - In `releasing`, whenever an offer shows it, its volumes are destroyed and it is unreserved, again and again.
/// - A reservation with our labels that no record names is a leftover: released as well, after a grace period.
package struct Reservation: Hashable, Sendable, Codable {
    /// How far it is.
    package enum Phase: String, Hashable, Sendable, Codable, CaseIterable {
        /// RESERVE and CREATE were decided; whether they came about is not known.
        case asked
        /// Mesos has shown that it is there.
        case held
        /// The instance goes: DESTROY and UNRESERVE are due, or were decided.
        case releasing
    }

    /// Its name, unique for ever. Its resources carry it as a label.
    package var id: ReservationID
    /// Where it is.
    package var agent: Agent
    /// The role that it is for.
    package var role: String
    /// The volumes, in the order of the definition.
    package var volumes: [ReservedVolume]
    /// How far it is.
    package var phase: Phase
    /// Since when it is in its phase; of `releasing`, when DESTROY and UNRESERVE were decided last.
    package var since: Instant

    /// A reservation that is asked for.
    package init(id: ReservationID, agent: Agent, role: String, volumes: [ReservedVolume], since: Instant) {
        self.id = id
        self.agent = agent
        self.role = role
        self.volumes = volumes
        self.phase = .asked
        self.since = since
    }
}

extension Instance {
    /// Gives a task that runs what this spec says already the new digest; one that is about to be followed by another
    /// passes it on.
    package mutating func adopt(_ digest: Digest) {
        if next == nil { self.digest = digest } else { next = digest }
    }

    /// The next task is of this spec. One that runs is to end.
    package mutating func relaunch(under digest: Digest) {
        if task == nil { self.digest = digest } else { next = digest }
    }
}
