package import Domain

/// Where one value of the store stands.
package enum StoreKey: Hashable, Comparable, Sendable {
    /// The framework's id.
    case framework
    /// A spec, by digest.
    case spec(Digest)
    /// An app's record.
    case app(AppID)
    /// Up to 32 of an app's instances: those whose number divided by 32 is `chunk`.
    case instances(AppID, chunk: Int)
    /// What is kept about a source.
    case source(String)
    /// A deployment's header.
    case deployment(DeploymentID)
    /// A segment of ended drift episodes, counted from 1; below 0 a part of the open ones.
    case drift(Int)

    /// How many instances stand in one record.
    package static let chunkSize = 32

    /// The chunk that holds an instance.
    package static func chunk(of id: InstanceID) -> StoreKey { .instances(id.app, chunk: id.number / chunkSize) }
}

/// A value of the store.
package enum StoreValue: Hashable, Sendable {
    /// The framework's id.
    case framework(FrameworkID)
    /// A spec.
    case spec(Spec)
    /// An app's record.
    case app(AppRecord)
    /// The instances of one chunk, by number.
    case instances([Instance])
    /// What is kept about a source.
    case source(SourceRecord)
    /// A deployment's header.
    case deployment(DeploymentRecord)
    /// Drift episodes.
    case drift([DriftEpisode])
}

/// All writes of one turn: for every key the value it shall have, or none. Later writes to a key replace earlier ones.
package struct WriteBatch: Sendable {
    /// The number of the turn, counted from 1 for each leader; commits are acknowledged in this order.
    package let number: Int
    /// What shall stand where; `nil` removes.
    package private(set) var writes: [StoreKey: StoreValue?] = [:]
    /// The events that the batch caused, for the journal; one segment a commit.
    package private(set) var journal: [JournalEntry] = []

    /// An empty batch.
    package init(number: Int) { self.number = number }

    /// Puts a value.
    package mutating func put(_ key: StoreKey, _ value: StoreValue) { writes[key] = .some(value) }

    /// Removes a value; removing what is not there is no error.
    package mutating func remove(_ key: StoreKey) { writes[key] = .some(nil) }

    /// Adds an event.
    package mutating func record(_ entry: JournalEntry) { journal.append(entry) }

    /// Whether nothing is to be written.
    package var isEmpty: Bool { writes.isEmpty && journal.isEmpty }
}

/// One event of the journal: small, typed, readable.
package struct JournalEntry: Hashable, Sendable, Codable {
    /// When it happened.
    package var at: Instant
    /// Its type: `task.launched`, `rollout.finished`.
    package var type: String
    /// The app it is about.
    package var app: AppID?
    /// Its facts, as text by name.
    package var facts: [String: String]

    /// An event.
    package init(at: Instant, type: String, app: AppID?, facts: [String: String]) {
        self.at = at
        self.type = type
        self.app = app
        self.facts = facts
    }
}
