import Synchronization

/// What a store has written since it was made: acknowledged transactions only.
package struct StoreStatistics: Hashable, Sendable {
    /// Commits.
    package internal(set) var commits = 0
    /// Transactions; one commit takes one or more.
    package internal(set) var transactions = 0
    /// Znodes created, written or deleted; the check of the epoch is none.
    package internal(set) var nodes = 0
    /// Bytes of their values and paths.
    package internal(set) var bytes = 0
}

/// The counters behind ``StoreStatistics``, shared by a store and its terms.
final class StoreCounters: Sendable {
    private let statistics = Mutex(StoreStatistics())

    var snapshot: StoreStatistics { statistics.withLock { $0 } }

    func count(_ change: (inout StoreStatistics) -> Void) {
        statistics.withLock { change(&$0) }
    }
}
