/// What a store has written since it was made, over all terms: what was acknowledged.
package struct WriteStatistics: Hashable, Sendable {
    /// Commits.
    package var commits = 0
    /// Transactions; one commit takes one or more.
    package var transactions = 0
    /// Records created, written or deleted: znodes, in ZooKeeper. The check of the epoch is none.
    package var nodes = 0
    /// Bytes of their names and values.
    package var bytes = 0

    /// Nothing yet.
    package init() {}
}
