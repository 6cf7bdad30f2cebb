import Boundary

extension TransactionPacker where Write == ZNodeWrite {
    /// A packer that keeps within what ZooKeeper takes.
    init(limits: StoreLimits = StoreLimits()) {
        self.init(writes: limits.writes, budget: limits.bytes) { $0.cost }
    }
}
