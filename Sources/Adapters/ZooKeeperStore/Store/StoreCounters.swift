import Domain
import Synchronization

/// The counters behind ``WriteStatistics``, shared by a store and its terms.
final class StoreCounters: Sendable {
    private let statistics = Mutex(WriteStatistics())

    var snapshot: WriteStatistics { statistics.withLock { $0 } }

    func count(_ change: (inout WriteStatistics) -> Void) {
        statistics.withLock { change(&$0) }
    }
}
